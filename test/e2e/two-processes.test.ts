import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import type { BookingProblem, BookingView } from '../../lib/contracts/booking.ts';
import { newId } from '../../lib/ids.ts';
import { freePort } from '../../temporal/workers/sdk-metrics.ts';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases } from './databases.ts';
import { holdsAtX, sellElsewhereAtX } from './organizer-stage.ts';
import { anEvent, call, seatsOf } from './stage.ts';

/** A second ticket-app on the same database, as behind a load balancer. Its gate knows nothing of the first one's. */
describe('two processes of ticket-app', function () {
  this.timeout(60_000);
  let second: ChildProcess;
  let urls: string[];

  before(async () => {
    const port = await freePort();
    second = spawn(process.execPath, ['--import=tsx', 'services/ticket-app/main.ts'], {
      env: { ...process.env, ...system().env, TICKET_APP_PORT: String(port), LOG_LEVEL: 'fatal' },
      stdio: 'ignore',
    });
    urls = [system().urls.ticketApp, `http://127.0.0.1:${port}`];
    const isReady = async () => (await call(`${urls[1]}/readyz`).catch(() => undefined))?.status === 200;
    await waitUntil('the second ticket-app to be ready', isReady, 30_000);
  });
  after(async () => {
    second.kill('SIGTERM');
    await once(second, 'exit');
    await closeDatabases();
  });

  const bookAt = (url: string | undefined, eventId: string, seatIds: string[], bookingId = newId()) =>
    call<BookingView & BookingProblem>(`${url}/bookings`, {
      token: system().env.TICKET_APP_SERVICE_SECRETS?.split(',')[0],
      body: {
        bookingId,
        customerId: newId(),
        customerName: 'Ayu',
        eventId,
        seatIds,
        startBefore: new Date(Date.now() + 20_000).toISOString(),
      },
    });

  it('sell each seat once, to one of 40 who ask both', async () => {
    const eventId = await anEvent({ seats: 3 });
    const pairs = [
      ['A-1-1', 'A-1-2'],
      ['A-1-3', 'A-1-2'],
    ];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => bookAt(urls[i % 2], eventId, pairs[Math.floor(i / 2) % 2] ?? [])),
    );
    const won = answers.filter(({ status }) => status === 201);
    expect(won).to.have.length(1);
    for (const { status, body } of answers) {
      if (status !== 201) expect([status, body.code]).to.deep.equal([409, 'seat_taken']);
    }
    const winner = won[0]?.body;
    await waitUntil('the losers to have let go', async () => {
      const held = Object.entries(await seatsOf(eventId)).filter(([, seat]) => seat.status !== 'OPEN');
      return held.length === 2 && held.every(([, seat]) => seat.bookingId === winner?.bookingId);
    });
    const holds = (await holdsAtX(eventId)).filter(({ state }) => state === 'held');
    expect(holds.map(({ reference }) => reference)).to.deep.equal([winner?.bookingId]);
  });

  it('answer the same booking equally, also when it is refused', async () => {
    for (const sold of [false, true]) {
      const eventId = await anEvent();
      if (sold) await sellElsewhereAtX(eventId, ['A-1-1']);
      const bookingId = newId();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => bookAt(urls[i % 2], eventId, ['A-1-1'], bookingId)),
      );
      const told = answers.map(({ status, body }) => `${status} ${body.code ?? body.status}`);
      expect(new Set(told)).to.deep.equal(new Set([sold ? '409 organizer_refused' : '201 AWAITING_PAYMENT']));
      expect(await holdsAtX(eventId)).to.have.length.at.most(1);
    }
  });
});
