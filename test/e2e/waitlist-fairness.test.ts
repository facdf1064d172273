// First come, first served, with a crowd: 100 people queue for one seat while 50 others hammer it.
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import type { WaitlistEntry } from '../../services/ticket-app/models/waitlist-entry.ts';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { cancel, joined, leave, queueOf } from './queue-stage.ts';
import {
  anEvent,
  book,
  booked,
  call,
  type Person,
  pay,
  people,
  person,
  seatsOf,
  theAdmin,
  untilStatus,
} from './stage.ts';

const seatId = 'A-1-1';
const queueing = 100;
const lapsing = 30;
/** Until so many have had the seat in vain, and left meanwhile. */
const promotionsMs = 150_000;

interface Queued {
  buyer: Person;
  entryId: string;
  position: number;
}

describe('a crowd queues for one seat (I1, I4)', function () {
  this.timeout(240_000);
  let eventId: string;
  let holder: Person;
  let bookingId: string;
  /** In the order in which they joined. */
  let queue: Queued[];

  const stored = async () => (await databaseOf('ticket-app')).collection<WaitlistEntry>('waitlist_entries');
  const stepsOf = (entry: WaitlistEntry, step: string) => entry.history.filter((happened) => happened.step === step);
  /** Who was offered the seat, first come first: each as often as it happened. */
  async function promotions(): Promise<Array<{ entryId: string; at: Date }>> {
    const offered = await (await stored()).find({ eventId, 'history.step': 'offered' }).toArray();
    return offered
      .flatMap((entry) => stepsOf(entry, 'offered').map(({ at }) => ({ entryId: entry._id, at })))
      .sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  before(async () => {
    holder = await person();
    eventId = await anEvent({ changes: { offerSeconds: 1 } });
    ({ bookingId } = await booked(holder, eventId, [seatId]));
  });
  after(closeDatabases);

  it('gives 100 people who join at once the places 1 to 100, without gap or double', async () => {
    const buyers = await people(queueing);
    const answers = await Promise.all(
      buyers.map(async (buyer) => ({ buyer, ...(await joined(buyer, eventId, seatId)) })),
    );
    queue = answers.toSorted((a, b) => a.position - b.position);
    const places = Array.from({ length: queueing }, (_, i) => i + 1);
    expect(queue.map(({ position }) => position)).to.deep.equal(places);
    const shown = await queueOf(eventId, seatId);
    expect(shown.map(({ entryId, position }) => [position, entryId])).to.deep.equal(
      queue.map(({ entryId, position }) => [position, entryId]),
    );
    const inOrder = await (await stored()).find({ eventId }).sort({ seq: 1 }).toArray();
    expect(inOrder.map(({ _id }) => _id)).to.deep.equal(queue.map(({ entryId }) => entryId));
    expect(inOrder.map(({ history }) => history[0]?.position)).to.deep.equal(places);
  });

  it('offers the seat in the order of joining, never twice, and is free for nobody else meanwhile', async () => {
    const hammering = new AbortController();
    const refusals: string[] = [];
    const seen: string[] = [];
    const watching = watch(hammering.signal, seen);
    const hammers = hammer(await people(50), hammering.signal, refusals);

    expect((await cancel(holder, bookingId)).status).to.equal(200);
    const leavers = queue.filter((_, i) => (i + 1) % 5 === 0);
    const stayers = queue.filter((_, i) => (i + 1) % 5 !== 0);
    await everyFifthLeaves(leavers);
    await waitUntil(`${lapsing} offers to lapse`, async () => (await lapsed()) >= lapsing, promotionsMs);
    // From here on a person has the time to pay.
    await admins('PATCH', `/events/${eventId}`, { offerSeconds: 600 });
    const winner = await payingOffer(stayers);
    hammering.abort();
    await Promise.all([watching, ...hammers]);

    const promoted = (await promotions()).map(({ entryId }) => entryId);
    expect(promoted.length).to.be.at.least(lapsing + 1);
    expect(promoted).to.deep.equal(stayers.slice(0, promoted.length).map(({ entryId }) => entryId));
    const ended = await (await stored()).find({ eventId }).sort({ seq: 1 }).toArray();
    const expected = queue.map((queued) => {
      if (leavers.includes(queued)) return 'LEFT';
      const turn = promoted.indexOf(queued.entryId);
      if (turn === -1) return 'WAITING';
      return turn === promoted.length - 1 ? 'FULFILLED' : 'LAPSED';
    });
    expect(ended.map(({ status }) => status)).to.deep.equal(expected);
    expect((await seatsOf(eventId))[seatId]).to.deep.equal({ status: 'BOOKED', bookingId: winner });
    const left = await queueOf(eventId, seatId);
    expect(left.map(({ entryId }) => entryId)).to.deep.equal(
      stayers.slice(promoted.length).map(({ entryId }) => entryId),
    );

    expect(seen.length, 'looks at the seat').to.be.at.least(500);
    expect(seen.filter((status) => status === 'OPEN')).to.deep.equal([]);
    expect(refusals.length, 'refused tries').to.be.at.least(50);
    expect(new Set(refusals)).to.deep.equal(new Set(['409 seat_taken']));
    const others = await (await databaseOf('ticket-app'))
      .collection('bookings')
      .countDocuments({ eventId, waitlistEntryId: { $exists: false } });
    expect(others).to.equal(1);
    console.log(`      ${promoted.length} promotions, ${seen.length} looks, ${refusals.length} refused tries`);
  });

  const lapsed = async () => (await stored()).countDocuments({ eventId, status: 'LAPSED' });

  /** Looks at the seat as fast as the database answers. */
  async function watch(signal: AbortSignal, seen: string[]): Promise<void> {
    const seats = (await databaseOf('ticket-app')).collection('seats');
    while (!signal.aborted) seen.push(String((await seats.findOne({ eventId, seatId }))?.status));
  }

  /** Tries in five lanes, each person in turn, again and again. */
  function hammer(buyers: Person[], signal: AbortSignal, refusals: string[]): Array<Promise<void>> {
    let next = 0;
    const lane = async () => {
      while (!signal.aborted) {
        const buyer = buyers[next++ % buyers.length]!;
        const { status, body } = await book(buyer, eventId, [seatId]);
        refusals.push(`${status} ${body.code}`);
      }
    };
    return Array.from({ length: 5 }, lane);
  }

  /** At each promotion the next fifth person leaves, long before their turn; until enough offers have lapsed. */
  async function everyFifthLeaves(leavers: Queued[]): Promise<void> {
    const going = leavers.values();
    for (let turn = 1; turn <= lapsing; turn++) {
      await waitUntil(`promotion ${turn}`, async () => (await promotions()).length >= turn, promotionsMs);
      const { value: next } = going.next();
      if (!next) continue;
      const { status, body } = await leave(next.buyer, next.entryId);
      expect([status, body.status]).to.deep.equal([200, 'LEFT']);
    }
  }

  /** The first whose time is long enough pays. Returns the booking. */
  async function payingOffer(stayers: Queued[]): Promise<string> {
    const bookings = (await databaseOf('ticket-app')).collection<{
      _id: string;
      expiresAt?: Date;
      customerId: string;
      invoice?: { paymentUrl: string };
    }>('bookings');
    const later = new Date(Date.now() + 60_000);
    const offer = await waitUntil(
      'an offer with time to pay',
      async () =>
        (await bookings.findOne({
          eventId,
          waitlistEntryId: { $exists: true },
          expiresAt: { $gt: later },
          invoice: { $exists: true },
        })) ?? undefined,
    );
    const { buyer } = stayers.find(({ buyer }) => buyer.userId === offer.customerId)!;
    await pay(offer.invoice?.paymentUrl ?? '', 'test_success');
    await untilStatus(buyer, offer._id, 'CONFIRMED');
    await waitUntil(
      'the entry to end',
      async () => (await (await stored()).findOne({ eventId, status: 'FULFILLED' })) ?? undefined,
    );
    return offer._id;
  }

  const admins = async (method: string, path: string, body: unknown) => {
    const answer = await call(`${system().urls.ticketApp}${path}`, { method, token: (await theAdmin()).token, body });
    expect(answer.status).to.equal(200);
  };
});
