import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { someEvent } from '../../../test/factories/events.ts';
import { seatsCsv } from '../../../test/factories/seats.ts';
import { serviceSecret, useTicketApp } from '../../../test/ticket-app.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { seatModel } from '../models/seat.ts';

const rows = 20_000;
const silenceMs = 31_000;
const ticketSigningKey = generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }).toString();

describe('an import whose process is killed with kill -9', function () {
  this.timeout(90_000);
  const app = useTicketApp();
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  /** A real ticket-app process on the same database. Resolves with its address. */
  async function startProcess(): Promise<string> {
    child = spawn(process.execPath, ['--import=tsx', 'services/ticket-app/main.ts'], {
      env: {
        PATH: process.env.PATH,
        TICKET_APP_PORT: '0',
        TICKET_APP_MONGODB_URI: app().uri,
        TICKET_APP_SERVICE_SECRETS: serviceSecret,
        CLIENT_APP_JWKS_URL: app().keysUrl,
        CLIENT_APP_WEBHOOK_URL: 'http://127.0.0.1:9/webhooks/ticketing',
        TICKETING_WEBHOOK_SECRETS: 'whsec_bm90IHVzZWQgaW4gdGhpcyB0ZXN0',
        PAYMENT_WEBHOOK_SECRETS: 'whsec_bm90IHVzZWQgaW4gdGhpcyB0ZXN0',
        PAYMENT_APP_URL: 'http://127.0.0.1:9',
        PAYMENT_APP_SERVICE_SECRETS: 'not-used-in-this-test',
        TICKET_SIGNING_PUBLIC_KEY: ticketSigningKey,
        TEMPORAL_ADDRESS: '127.0.0.1:9',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(child.stdout as Readable)) {
      const { url } = JSON.parse(line) as { url?: string };
      if (url) return url;
    }
    throw new Error('ticket-app ended before it listened.');
  }

  /** A process that has just begun to listen may not have its database yet: whoever is told 503 asks again. */
  async function send(url: string): Promise<string> {
    for (;;) {
      const headers = { ...app().headers({}), 'Content-Type': 'text/csv' };
      const answer = await fetch(url, { method: 'POST', headers, body: seatsCsv(rows) }).catch(() => undefined);
      if (answer?.status !== 503) return answer === undefined ? 'killed' : `answered with ${answer.status}`;
      await delay(100);
    }
  }

  async function killWhen(what: string, ask: () => Promise<boolean>): Promise<void> {
    await waitUntil(what, ask, 60_000);
    child?.kill('SIGKILL');
    if (child) await once(child, 'exit');
  }

  const count = (collection: string, filter: Record<string, unknown> = {}) =>
    app().connection.collection(collection).countDocuments(filter);
  const moments: Array<{ moment: string; reached: (eventId: string) => Promise<boolean>; seats: number }> = [
    { moment: 'while rows are staged', reached: async () => (await count('seat_import_rows')) > 2_000, seats: 0 },
    {
      moment: 'at its commit',
      reached: async (eventId) => (await count('seat_imports', { eventId, status: 'committed' })) > 0,
      seats: rows,
    },
    {
      moment: 'while seats are moved',
      reached: async (eventId) => (await count('seats', { eventId })) > 0,
      seats: rows,
    },
  ];

  for (const { moment, reached, seats } of moments) {
    it(`imports all or nothing when it happens ${moment}`, async () => {
      const eventId = newId();
      await app().call('POST', '/events', { body: someEvent({ eventId }) });
      const url = await startProcess();
      const upload = send(`${url}/events/${eventId}/seats/import`);
      let ended: string | undefined;
      void upload.then((how) => {
        ended = how;
      });
      await killWhen(moment, async () => {
        if (ended !== undefined) throw new Error(`The import was ${ended} before it was killed.`);
        return reached(eventId);
      });
      expect(await upload).to.equal('killed');

      // Another process, asked at once and before any sweep: a reader finishes what was committed.
      const shown = await app().call('GET', `/events/${eventId}/seats?limit=1`);
      expect(shown.body.seats).to.have.length(seats === 0 ? 0 : 1);
      expect(await seatModel(app().connection).countDocuments({ eventId })).to.equal(seats);
      await app().sweep(new Date(Date.now() + silenceMs));
      expect(await seatModel(app().connection).countDocuments({ eventId })).to.equal(seats);
      expect(await count('seat_import_rows')).to.equal(0);
      expect((await app().csv(eventId, seatsCsv(10, 'B'))).status).to.equal(201);
    });
  }
});
