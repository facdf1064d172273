// client-app for its own tests: the real application on a real database of its own, beside a stand-in for ticket-app.
import { generateKeyPairSync } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import axios, { type AxiosInstance } from 'axios';
import type { Connection } from 'mongoose';
import type { Role } from '../lib/auth/access-token.ts';
import { limits } from '../lib/contracts/limits.ts';
import { serve } from '../lib/http/serve.ts';
import { newId } from '../lib/ids.ts';
import { createLogger, type Logger } from '../lib/logging/logger.ts';
import { connectDatabase } from '../lib/mongo/connection.ts';
import { migrate } from '../lib/mongo/migrate.ts';
import { signWebhook } from '../lib/webhooks/signature.ts';
import { createClientApp } from '../services/client-app/app.ts';
import { hashPassword } from '../services/client-app/auth/passwords.ts';
import type { Config } from '../services/client-app/config.ts';
import { createDependencies, type Dependencies } from '../services/client-app/dependencies.ts';
import { testMongoUri } from './engines.ts';
import { startTicketingStandIn, type TicketingStandIn } from './ticketing-stand-in.ts';

const migrations = fileURLToPath(new URL('../services/client-app/migrations', import.meta.url));
export const webhookSecret = 'whsec_c2VjcmV0LW9mLXRoZS10aWNrZXRpbmctd2ViaG9va3M=';
/** The one before, still live. */
export const oldWebhookSecret = 'whsec_dGhlIHNlY3JldCBvZiBsYXN0IG1vbnRoICEhISE=';
export const password = 'a password for tests';
/** Test buyers share one hash: argon2 is not what these tests measure. */
const passwordHash = hashPassword(password);

export interface Person {
  userId: string;
  email: string;
  sessionId: string;
  /** Calls client-app as this person; every status is an answer. */
  http: AxiosInstance;
}

export interface ClientAppUnderTest {
  url: string;
  http: AxiosInstance;
  dependencies: Dependencies;
  connection: Connection;
  ticketing: TicketingStandIn;
  privateKeyPem: string;
  person(role?: Role): Promise<Person>;
  /** Delivers a notification; `given` changes what is signed or sent. */
  notify(webhook: unknown, given?: { id?: string; secret?: string; at?: Date; sentBody?: string }): Promise<number>;
  close(): Promise<void>;
}

const caller = (baseURL: string, headers: Record<string, string> = {}): AxiosInstance =>
  axios.create({ baseURL, headers, validateStatus: () => true, proxy: false });

/** A fresh database with client-app's migrations. */
export async function clientDatabase(name: string): Promise<string> {
  const uri = testMongoUri(name);
  await migrate(uri, migrations);
  return uri;
}

type Given = Partial<Omit<Config, 'mongodbUri' | 'jwtPrivateKey'>> & { log?: Logger };

/** Starts client-app on any free port. Its jobs are not started. */
export async function startClientApp(
  name: string,
  { log = createLogger('client-app', 'silent'), ...given }: Given = {},
): Promise<ClientAppUnderTest> {
  const mongodbUri = await clientDatabase(name);
  const database = connectDatabase(mongodbUri, log);
  await database.ready;
  const ticketing = await startTicketingStandIn();
  const privateKeyPem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const config = {
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
    tracing: {},
    mongodbUri,
    jwtPrivateKey: privateKeyPem,
    jwtPreviousKeys: [],
    ticketAppUrl: ticketing.url,
    serviceSecrets: ['a-secret-of-operators'],
    ticketAppServiceSecrets: [ticketing.secret] as [string],
    ticketingWebhookSecrets: [webhookSecret, oldWebhookSecret] as [string, string],
    patienceMs: 10_000,
    accessTokenSeconds: 600,
    sessionTimes: { idleMs: limits.sessionIdleMs, longestMs: limits.sessionMs },
    attemptLimits: { signInFailuresPerIp: 0, registrationsPerIp: 0 },
    corsOrigins: [],
    trustedProxies: 0,
    requestsPerAddress: 0,
    requestsPerPerson: 0,
    callsInFlight: 256,
    slowCallMs: 60_000,
    ...given,
  };
  const dependencies = await createDependencies(config, database.connection, log);
  const served = await serve(createClientApp(dependencies, { database: database.check }), config.host, config.port);
  return {
    url: served.url,
    http: caller(served.url),
    dependencies,
    connection: database.connection,
    ticketing,
    privateKeyPem,
    async person(role = 'buyer') {
      const userId = newId();
      const email = `${userId}@example.com`;
      await dependencies.users.insert({
        _id: userId,
        name: 'Sari Dewi',
        email,
        passwordHash: await passwordHash,
        role,
      });
      const { _id: sessionId } = await dependencies.sessions.start({
        _id: newId(),
        userId,
        passwordVersion: 1,
        secretHash: 'of no token',
      });
      const { accessToken } = await dependencies.tokens.issue({ userId, role, sessionId });
      return { userId, email, sessionId, http: caller(served.url, { Authorization: `Bearer ${accessToken}` }) };
    },
    async notify(webhook, { id = newId(), secret = webhookSecret, at = new Date(), sentBody } = {}) {
      const body = typeof webhook === 'string' ? webhook : JSON.stringify(webhook);
      const headers = signWebhook(secret, id, body, at);
      return (await caller(served.url).post('/webhooks/ticketing', sentBody ?? body, { headers })).status;
    },
    async close() {
      dependencies.listening.close();
      await served.close();
      await ticketing.close();
      await database.connection.dropDatabase();
      await database.close();
    },
  };
}
