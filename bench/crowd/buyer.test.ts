import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { after, before, beforeEach, describe, it } from 'mocha';
import type { Static } from 'typebox';
import type { SeatMap } from '../../lib/contracts/seat-map.ts';
import { type ClientAppUnderTest, startClientApp } from '../../test/client-app.ts';
import { bookingView, problem } from '../../test/ticketing-stand-in.ts';
import { Buyer } from './buyer.ts';

const eventId = 'konser';
const row = { name: '1', seatIds: ['A-1', 'A-2'], numbers: ['1', '2'], categories: [0, 0], states: 'OO' };
const map: Static<typeof SeatMap> = {
  eventId,
  version: 'm-7',
  cursor: 'Jx0q_8Pz.1795254000000',
  categories: [{ name: 'Gold', price: { amount: 500_000, currency: 'IDR' } }],
  sections: [{ name: 'A', rows: [row] }],
};

describe('a buyer of the benchmark', () => {
  let app: ClientAppUnderTest;
  let payments: Server;

  before(async () => {
    app = await startClientApp('bench-buyer');
    // Every payment is taken; what is asked for here is the booking call.
    payments = createServer((_, response) => response.writeHead(202).end('{}')).listen(0, '127.0.0.1');
  });
  after(async () => {
    payments.close();
    await app.close();
  });
  beforeEach(() => {
    app.ticketing.calls.length = 0;
    app.ticketing.pages.set(`/events/${eventId}/seats`, { status: 200, body: map });
  });

  async function buyer(patienceMs: number) {
    const { http } = await app.person();
    const token = String(http.defaults.headers.Authorization).replace('Bearer ', '');
    const { port } = payments.address() as AddressInfo;
    const place = { clientApp: app.url, paymentApp: `http://127.0.0.1:${port}`, eventId, seatIds: ['A-1', 'A-2'] };
    const crowd = { ...place, tokens: [token], seed: 1, patienceMs };
    const told = { refusedMs: [], turnedAwayMs: [] };
    return new Buyer({ crowd, token, random: () => 0, told, startedAt: performance.now() });
  }

  for (const reason of ['too_late', 'not_started', 'organizer_unavailable', 'payment_unavailable'] as const) {
    it(`asks with a new key when the booking has ended with ${reason}`, async () => {
      app.ticketing.onBook = (call) =>
        app.ticketing.calls.length > 1
          ? { status: 201, body: bookingView(call) }
          : problem(503, reason, { booking: bookingView(call, { status: 'FAILED', reason, version: 4 }) });
      const story = await (await buyer(20_000)).buys();
      expect(story).to.include({ outcome: 'bought', tries: 2, outOfTime: 1, turnedAway: 0 });
      expect(new Set(app.ticketing.calls.map(({ bookingId }) => bookingId)).size).to.equal(2);
    });
  }

  it('gives up, and says so, when its patience is over', async () => {
    app.ticketing.onBook = (call) =>
      problem(503, 'too_late', { booking: bookingView(call, { status: 'FAILED', reason: 'too_late', version: 4 }) });
    const story = await (await buyer(1_000)).buys();
    expect(story).to.include({ outcome: 'error', error: 'Patience was over before there was a seat, or none.' });
    expect(story.outOfTime).to.be.at.least(1);
  });
});
