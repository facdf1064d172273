// A process that dies leaves documents as they were at that instant. Here they are left so on purpose, each at one point
// of a promotion, with nobody to wake the seat's waitlist: ticket-app's sweep does (K-3).
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { newId } from '../../lib/ids.ts';
import { createBookingLedger } from '../../services/ticket-app/models/booking-ledger.ts';
import { seatModel } from '../../services/ticket-app/models/seat.ts';
import { createSeatLedger, type SeatLedger } from '../../services/ticket-app/models/seat-ledger.ts';
import { createWaitlistLedger, type WaitlistLedger } from '../../services/ticket-app/models/waitlist-ledger.ts';
import { seatWaitlistWorkflowId } from '../../workflows/seat-waitlist/seat-waitlist.messages.ts';
import { system } from '../engines.ts';
import { someSeats } from '../factories/seats.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { joined, offerTo, queueOf, untilEntryIs } from './queue-stage.ts';
import { anEvent, type Person, people, seatsOf } from './stage.ts';
import { closeTemporal, runs, temporal } from './temporal-stage.ts';

/** A sweep every 15 s finds what has stood still for 10 s. */
const mendedMs = 60_000;
const seatIds = someSeats(7).map(({ seatId }) => seatId);
const [handed, forgotten, unmarked, unbegun, open, unknown, ended] = seatIds as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];

interface Waiting {
  buyer: Person;
  entryId: string;
}

describe('what a dead process left of a promotion', function () {
  this.timeout(180_000);
  let eventId: string;
  let seats: SeatLedger;
  let entries: WaitlistLedger;
  const queues: Record<string, [Waiting, Waiting]> = {};
  const soon = () => new Date(Date.now() + 60_000);

  const workflowOf = (seatId: string) => seatWaitlistWorkflowId({ eventId, seatId });
  const first = (seatId: string) => queues[seatId]![0];
  const offerOf = (seatId: string) => `${first(seatId).entryId}-1`;

  /** A seat that a booking holds which goes on for ever, and two who wait for it. */
  async function taken(seatId: string): Promise<void> {
    const connection = await databaseOf('ticket-app');
    const [customerId, bookingId] = [newId(), `${eventId}-${seatId}`];
    const claimBefore = soon();
    await createBookingLedger(connection).begin({
      _id: bookingId,
      runId: newId(),
      customerId,
      eventId,
      seatIds: [seatId],
      claimBefore,
    });
    const claim = await seats.claim({ eventId, seatId, bookingId, customerId, claimBefore });
    expect(claim.outcome).to.equal('claimed');
    const [one, two] = (await people(2)) as [Person, Person];
    queues[seatId] = [
      { buyer: one, entryId: (await joined(one, eventId, seatId)).entryId },
      { buyer: two, entryId: (await joined(two, eventId, seatId)).entryId },
    ];
  }
  const release = async (seatId: string) =>
    expect(await seats.release({ eventId, seatId, bookingId: `${eventId}-${seatId}`, barUntil: soon() })).to.equal(
      'handed',
    );
  const offer = async (seatId: string) => {
    await release(seatId);
    const { userId: customerId } = first(seatId).buyer;
    const made = await seats.offer({ eventId, seatId, bookingId: offerOf(seatId), customerId, offerBefore: soon() });
    expect(made).to.equal('offered');
  };
  const mark = async (seatId: string) => {
    await offer(seatId);
    const entry = await entries.find(first(seatId).entryId);
    expect(await entries.offered(entry!, 'The seat came back and is offered to you.')).to.include({
      status: 'OFFERED',
    });
  };

  before(async function () {
    this.timeout(60_000);
    const connection = await databaseOf('ticket-app');
    seats = createSeatLedger(connection);
    entries = createWaitlistLedger(connection);
    eventId = await anEvent({ seats: someSeats(seatIds.length) });
    for (const seatId of seatIds) await taken(seatId);
    await system().kill('ticketing-worker');
    await system().kill('ticket-app');
    for (const seatId of [forgotten, unmarked, unbegun, ended])
      await temporal().workflow.getHandle(workflowOf(seatId)).terminate('the test lets it die');

    await release(handed);
    await release(forgotten);
    await offer(unmarked);
    await mark(unbegun);
    // As if both had joined so late that the seat had opened, or forgotten its queue, before.
    await seatModel(connection).updateOne(
      { eventId, seatId: open },
      { status: 'OPEN', holder: null, waitlisted: false },
    );
    await seatModel(connection).updateOne({ eventId, seatId: unknown }, { waitlisted: false });
    await mark(ended);
    await createBookingLedger(connection).begin({
      _id: offerOf(ended),
      runId: newId(),
      customerId: first(ended).buyer.userId,
      eventId,
      seatIds: [ended],
      claimBefore: soon(),
      waitlistEntryId: first(ended).entryId,
    });
    await createBookingLedger(connection).end(offerOf(ended), 'FAILED', 'payment_expired', 'It was not paid in time.');
    await seats.release({ eventId, seatId: ended, bookingId: offerOf(ended), barUntil: soon() });
    await system().restart('ticketing-worker');
    await system().restart('ticket-app');
  });
  after(async () => {
    await closeDatabases();
    await closeTemporal();
  });

  for (const [what, seatId] of [
    ['a seat was handed over, and its waitlist not woken', handed],
    ['a seat was handed over, and no waitlist runs', forgotten],
    ['a seat was offered, and the entry does not say so', unmarked],
    ['an entry says that it was offered, and its booking never began', unbegun],
    ['people wait for a seat that is open', open],
  ] as const) {
    it(`${what}: the first in its queue is offered it, once`, async () => {
      const offered = await offerTo(first(seatId).buyer, first(seatId).entryId, mendedMs);
      expect(offered.bookingId).to.equal(offerOf(seatId));
      expect((await seatsOf(eventId))[seatId]).to.deep.equal({ status: 'ON_GOING', bookingId: offerOf(seatId) });
      const queue = await queueOf(eventId, seatId);
      expect(queue.map(({ entryId, status, position }) => [entryId, status, position])).to.deep.equal([
        [first(seatId).entryId, 'OFFERED', 1],
        [queues[seatId]![1].entryId, 'WAITING', 2],
      ]);
      expect(await runs(workflowOf(seatId))).to.equal(true);
    });
  }

  it('people wait for a seat that does not know of them: it learns of them, and stays with whoever has it', async () => {
    const seat = await waitUntil(
      'the seat to know',
      async () => {
        const found = await seats.find({ eventId, seatId: unknown });
        return found?.waitlisted && found;
      },
      mendedMs,
    );
    expect(seat.holder).to.include({ bookingId: `${eventId}-${unknown}` });
    expect((await queueOf(eventId, unknown)).map(({ status }) => status)).to.deep.equal(['WAITING', 'WAITING']);
  });

  it('an offer lapsed, and nobody was told: the next is offered the seat', async () => {
    await untilEntryIs(first(ended).entryId, 'LAPSED', mendedMs);
    const [, next] = queues[ended]!;
    const offered = await offerTo(next.buyer, next.entryId, mendedMs);
    expect((await seatsOf(eventId))[ended]).to.deep.equal({ status: 'ON_GOING', bookingId: offered.bookingId });
  });
});
