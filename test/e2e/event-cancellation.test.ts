import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import type { EventView } from '../../lib/contracts/event.ts';
import { newId } from '../../lib/ids.ts';
import { createTicketRecords } from '../../services/ticket-app/models/ticket-records.ts';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { holdsAtX } from './organizer-stage.ts';
import {
  anEvent,
  book,
  booked,
  bookingOf,
  call,
  invoiceOf,
  type Person,
  pay,
  people,
  person,
  seatsOf,
  theAdmin,
  untilStatus,
} from './stage.ts';

type Kind = 'unpaid' | 'being paid' | 'confirmed' | 'refund fails twice' | 'used';
const wanted: Record<Kind, number> = { unpaid: 20, 'being paid': 6, confirmed: 30, 'refund fails twice': 4, used: 1 };
const methods: Record<Kind, string | undefined> = {
  unpaid: undefined,
  'being paid': undefined,
  confirmed: 'test_success',
  'refund fails twice': 'test_refund_fails_twice',
  used: 'test_success',
};
const seats = 64;

interface Sold {
  kind: Kind;
  buyer: Person;
  bookingId: string;
  paymentUrl: string;
}

/** Does one thing for each of many, eight at once: more would only measure this machine. */
async function forEach<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await act(item);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

const admins = async (method: string, path: string, body?: unknown) =>
  call<EventView & { code?: string }>(`${system().urls.ticketApp}${path}`, {
    method,
    token: (await theAdmin()).token,
    ...(body !== undefined && { body }),
  });

const wait = (buyer: Person, eventId: string, seatId: string) =>
  call<{ entryId: string; status: string }>(`${system().urls.clientApp}/waitlist-entries`, {
    token: buyer.token,
    headers: { 'idempotency-key': newId() },
    body: { eventId, seatId },
  });

describe('cancelling an event with bookings in every state, with the worker and ticket-app killed meanwhile', function () {
  this.timeout(240_000);
  const sold: Sold[] = [];
  const waiting: Array<{ buyer: Person; entryId: string }> = [];
  let attempts = 0;
  let hammerer: Person;
  let eventId: string;
  let ended: EventView;
  const of = (...kinds: Kind[]) => sold.filter(({ kind }) => kinds.includes(kind));

  async function sell(): Promise<void> {
    const kinds = Object.entries(wanted).flatMap(([kind, count]) => Array.from({ length: count }, () => kind as Kind));
    const buyers = await people(kinds.length);
    const orders = kinds.map((kind, i) => ({ kind, buyer: buyers[i]!, seatId: `A-1-${i + 1}` }));
    await forEach(orders, async ({ kind, buyer, seatId }) => {
      const { bookingId, paymentUrl } = await booked(buyer, eventId, [seatId]);
      sold.push({ kind, buyer, bookingId, paymentUrl });
      const method = methods[kind];
      if (method === undefined) return;
      await pay(paymentUrl, method);
      await untilStatus(buyer, bookingId, 'CONFIRMED', 60_000);
    });
    const [used] = of('used');
    const tickets = createTicketRecords(await databaseOf('ticket-app'));
    await tickets.checkIn({ bookingId: used!.bookingId, seatId: `A-1-${kinds.indexOf('used') + 1}`, key: 'gate' });
    for (const seatId of ['A-1-1', 'A-1-30', 'A-1-30']) {
      const buyer = await person();
      const { status, body } = await wait(buyer, eventId, seatId);
      if (status !== 201) throw new Error(`The queue answered ${status}: ${JSON.stringify(body)}`);
      waiting.push({ buyer, entryId: body.entryId });
    }
    await forEach(of('being paid'), async ({ paymentUrl }) => {
      await pay(paymentUrl, 'test_slow_success', { delayMs: 5_000 });
    });
  }

  const countCancelled = async () =>
    (await databaseOf('ticket-app')).collection('bookings').countDocuments({ eventId, status: 'CANCELLED' });

  before(async () => {
    eventId = await anEvent({ seats });
    await sell();
    const begun = await admins('POST', `/events/${eventId}/cancel`, { reason: 'The hall has no power.' });
    expect(begun.status).to.equal(202);
    expect(begun.body).to.include({ status: 'published', onSale: false });

    hammerer = await person();
    let over = false;
    const hammering = (async () => {
      for (let i = 0; !over; i += 1) {
        // The three that nobody has, and some that come back meanwhile.
        const seatId = `A-1-${[62, 63, 64, 1, 30][i % 5]}`;
        await book(hammerer, eventId, [seatId]);
        attempts += 1;
        await delay(20);
      }
    })();
    await waitUntil('some bookings to be cancelled', async () => (await countCancelled()) >= 5);
    await Promise.all([system().kill('ticketing-worker'), system().kill('ticket-app')]);
    const halfway = await countCancelled();
    expect(halfway, 'cancelled when both were killed').to.be.lessThan(sold.length - 1);
    await Promise.all([system().restart('ticketing-worker'), system().restart('ticket-app')]);
    ended = await waitUntil(
      'the event to be cancelled',
      async () => {
        const { body } = await admins('GET', `/events/${eventId}`);
        return body.status === 'cancelled' && body;
      },
      120_000,
    );
    over = true;
    await hammering;
  });
  after(closeDatabases);

  it('cancels each, and tells its buyer why, but for the one whose ticket was used', async () => {
    await forEach(of('unpaid', 'being paid', 'confirmed', 'refund fails twice'), async ({ buyer, bookingId, kind }) => {
      const booking = await untilStatus(buyer, bookingId, 'CANCELLED', 60_000);
      expect(booking.reason, kind).to.equal('event_cancelled');
      const told = booking.timeline.filter(({ text }) => text.includes('The hall has no power.'));
      expect(told, kind).to.have.length(1);
    });
    const [used] = of('used');
    expect((await bookingOf(used!.buyer, used!.bookingId)).body).to.include({ status: 'CONFIRMED' });
  });

  it('returns what was paid, exactly once each, and charges nobody who had not paid', async () => {
    await forEach(of('being paid', 'confirmed', 'refund fails twice'), async ({ buyer, bookingId, kind }) => {
      const invoice = await waitUntil(
        `the refund of ${kind}`,
        async () => {
          const now = await invoiceOf(bookingId);
          return now.status === 'REFUNDED' && now;
        },
        60_000,
      );
      expect(invoice.refund).to.include({ refundId: bookingId, amount: invoice.amount, reason: 'event_cancelled' });
      const tries = kind === 'refund fails twice' ? ['failed', 'failed', 'succeeded'] : ['succeeded'];
      expect(invoice.refund?.tries.map(({ outcome }) => outcome)).to.eql(tries);
      const seen = await waitUntil('the buyer to hear of it', async () => {
        const { body } = await bookingOf(buyer, bookingId);
        return body.refund?.status === 'succeeded' && body;
      });
      expect(seen.refund).to.include({ amount: 750_000 });
      const failures = seen.timeline.filter(({ step }) => step.startsWith('refund_failed/'));
      expect(failures).to.have.length(tries.length - 1);
    });
    await forEach(of('unpaid'), async ({ bookingId }) => {
      expect(await invoiceOf(bookingId)).to.include({ status: 'VOIDED' });
    });
    expect(await invoiceOf(of('used')[0]!.bookingId)).to.include({ status: 'PAID' });
  });

  it('tells the organizer how it went, and whose ticket was used', () => {
    expect(ended.cancellation?.bookings).to.eql({ left: 0, cancelled: sold.length - 1 });
    expect(ended.cancellation?.usedTickets.map(({ bookingId }) => bookingId)).to.eql([of('used')[0]!.bookingId]);
    expect(ended.cancellation).to.include({ reason: 'The hall has no power.' }).and.have.property('finishedAt');
  });

  it('leaves no seat held, here or at the organizer, but that of the used ticket', async () => {
    const [used] = of('used');
    const held = Object.values(await seatsOf(eventId)).filter(({ status }) => status !== 'OPEN');
    expect(held).to.eql([{ status: 'BOOKED', bookingId: used!.bookingId }]);
    const holds = (await holdsAtX(eventId)).filter(({ state }) => state === 'held');
    expect(holds.map(({ reference }) => reference)).to.eql([used!.bookingId]);
  });

  it('lets nobody book meanwhile', async () => {
    expect(attempts).to.be.greaterThan(10);
    const customerId = hammerer.userId;
    // While ticket-app is away the answer is "not yet"; in the end each of them is refused, and none has had a seat.
    const ends = await waitUntil('every one to be refused', async () => {
      const rows = (await databaseOf('client-app')).collection('bookings').find({ customerId });
      const found = await rows.toArray();
      return found.length > 0 && found.every(({ status }) => status === 'FAILED') && found;
    });
    expect(new Set(ends.map(({ reason }) => reason)).has('not_on_sale')).to.equal(true);
    const claims = (await databaseOf('ticket-app')).collection('bookings');
    expect(await claims.countDocuments({ customerId, 'timeline.step': 'seats_claimed' })).to.equal(0);
  });

  it('ends the queues: nobody is promoted', async () => {
    for (const { buyer, entryId } of waiting) {
      const { body } = await call<{ status: string }>(`${system().urls.clientApp}/waitlist-entries/${entryId}`, {
        token: buyer.token,
      });
      expect(body.status).to.equal('CLOSED');
    }
  });

  it('answers a repeat of the call from the state', async () => {
    const again = await admins('POST', `/events/${eventId}/cancel`, {});
    expect(again.status).to.equal(200);
    expect(again.body).to.deep.include({ status: 'cancelled', cancellation: ended.cancellation });
    expect((await admins('DELETE', `/events/${eventId}`)).body.code).to.equal('event_has_bookings');
  });
});
