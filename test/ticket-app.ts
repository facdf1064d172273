import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '@temporalio/client';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { after, before } from 'mocha';
import type { Connection } from 'mongoose';
import { audience, issuer, type Role } from '../lib/auth/access-token.ts';
import { type Served, serve } from '../lib/http/serve.ts';
import { createLogger } from '../lib/logging/logger.ts';
import { withDatabase } from '../scripts/system/databases.ts';
import { createTicketApp, type TicketApp } from '../services/ticket-app/app.ts';
import { createStartEventCancellation } from '../services/ticket-app/commands/start-event-cancellation.ts';
import { createWakeWaitlist } from '../services/ticket-app/commands/wake-waitlist.ts';
import { keysOfClientApp } from '../services/ticket-app/routes/access.ts';
import type { SeatMapOptions } from '../services/ticket-app/seat-map.ts';
import { temporalClient } from '../temporal/connection.ts';
import { useDatabase } from './database.ts';
import { temporalAddress } from './engines.ts';

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any;
  headers: Headers;
}

export interface CallOptions {
  /** `rival`: another organizer. */
  as?: 'admin' | 'organizer' | 'rival' | 'buyer' | 'service' | 'nobody';
  body?: unknown;
  headers?: Record<string, string>;
}

export const serviceSecret = 'a-service-secret-of-these-tests';
const host = '127.0.0.1';

/** What client-app serves at its JWKS address; `status` makes it fail. */
async function serveKeys(jwks: unknown): Promise<{ url: string; server: Server; answer: { status: number } }> {
  const answer = { status: 200 };
  const server = createServer((_, response) => {
    response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(jwks));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return { url: `http://${host}:${(server.address() as AddressInfo).port}/jwks.json`, server, answer };
}

export class TicketAppUnderTest {
  readonly connection: Connection;
  readonly #tokens: Record<string, string>;
  /** Where client-app's keys are served. */
  readonly keysUrl: string;
  readonly temporal: Client;
  #app: TicketApp;
  #served: Served;

  constructor(
    parts: { connection: Connection; keysUrl: string; temporal: Client },
    tokens: Record<string, string>,
    app: TicketApp,
    served: Served,
  ) {
    this.connection = parts.connection;
    this.keysUrl = parts.keysUrl;
    this.temporal = parts.temporal;
    this.#tokens = tokens;
    this.#app = app;
    this.#served = served;
  }

  get url(): string {
    return this.#served.url;
  }

  /** The address of its database, for another process. */
  get uri(): string {
    return withDatabase(process.env.KURSI_TEST_MONGODB_URI ?? '', this.connection.name);
  }

  sweep(now = new Date()): Promise<void> {
    return this.#app.sweep(now);
  }

  /** As after a kill: another app, which knows only what is in the database. */
  async restart(): Promise<void> {
    this.#app.close();
    await this.#served.close();
    [this.#app, this.#served] = await start(this.connection, this.keysUrl, this.temporal);
  }

  close(): Promise<void> {
    this.#app.close();
    return this.#served.close();
  }

  /** Another process of ticket-app on the same database; how often it looks, and how long it waits, may be said. */
  async another(seatMap: SeatMapOptions = {}): Promise<{ url: string; close(): Promise<void> }> {
    const [app, served] = await start(this.connection, this.keysUrl, this.temporal, seatMap);
    const close = () => {
      app.close();
      return served.close();
    };
    return { url: served.url, close };
  }

  headers(options: CallOptions): Record<string, string> {
    const token = this.#tokens[options.as ?? 'admin'];
    return { ...(token && { Authorization: `Bearer ${token}` }), ...options.headers };
  }

  /** Calls as an admin, unless said otherwise; a body that is an object goes as JSON. */
  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { body } = options;
    const isText = typeof body === 'string';
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(body !== undefined && !isText && { 'Content-Type': 'application/json' }),
        ...this.headers(options),
      },
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), headers: answer.headers };
  }

  csv(eventId: string, text: string, headers: Record<string, string> = {}): Promise<Answer> {
    const path = `/events/${eventId}/seats/import`;
    return this.call('POST', path, { body: text, headers: { 'Content-Type': 'text/csv', ...headers } });
  }
}

async function start(
  connection: Connection,
  keysUrl: string,
  temporal: Client,
  seatMap: SeatMapOptions = {},
): Promise<[TicketApp, Served]> {
  const log = createLogger('ticket-app', 'fatal');
  const app = createTicketApp({
    connection,
    log,
    serviceSecrets: ['the-secret-that-comes-next', serviceSecret],
    adminKeys: keysOfClientApp(keysUrl),
    checks: {},
    seatMap,
    // Nobody polls this queue: what is started stays as it was started.
    wakeWaitlist: createWakeWaitlist(temporal),
    startCancellation: createStartEventCancellation({ temporal, log, taskQueue: 'none-of-ticket-app' }),
  });
  return [app, await serve(app.app, host, 0)];
}

/** ticket-app on a database of its own, over real HTTP, with client-app's keys served beside it. */
export function useTicketApp(): { (): TicketAppUnderTest; keys: { status: number } } {
  const database = useDatabase('ticket-app');
  const keys = { status: 200 };
  const temporal = temporalClient({ TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: 'default' });
  let running: TicketAppUnderTest | undefined;
  let keyServer: Server | undefined;

  before(async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'EdDSA', use: 'sig' };
    const { url, server, answer } = await serveKeys({ keys: [jwk] });
    Object.defineProperty(keys, 'status', {
      get: () => answer.status,
      set: (status) => Object.assign(answer, { status }),
    });
    keyServer = server;
    const token = (role: Role, userId = `a-${role}`) =>
      new SignJWT({ role, sid: 'a-session' })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'test' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey);
    const tokens = {
      admin: await token('admin'),
      organizer: await token('organizer'),
      rival: await token('organizer', 'a-rival'),
      buyer: await token('buyer'),
      service: serviceSecret,
    };
    const parts = { connection: database(), keysUrl: url, temporal };
    const [app, served] = await start(parts.connection, url, temporal);
    running = new TicketAppUnderTest(parts, tokens, app, served);
  });
  after(async () => {
    await running?.close();
    keyServer?.close();
    await temporal.connection.close();
  });

  const get = () => {
    if (!running) throw new Error('The app is there from the first test on, not before.');
    return running;
  };
  return Object.assign(get, { keys });
}
