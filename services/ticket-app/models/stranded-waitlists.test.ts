// What a process that died left behind, found by looking at the documents (K-3).
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { useDatabase } from '../../../test/database.ts';
import { type QueueRig, queueRig, seatId } from '../../../test/support/queue-rig.ts';
import { eventModel } from './event.ts';
import { seatModel } from './seat.ts';
import { strandedWaitlists } from './stranded-waitlists.ts';
import { waitlistEntryModel } from './waitlist-entry.ts';

describe('waitlists that nobody woke', () => {
  const database = useDatabase('ticket-app');
  let rig: QueueRig;

  /** Everything that stands as it is now has done so for long enough. */
  const soon = () => new Date(Date.now() + 60_000);
  const found = async (before = soon()) => {
    const all = await strandedWaitlists(database(), before, 500);
    return all.filter(({ eventId }) => eventId === rig.place.eventId);
  };
  const expectFound = async () => {
    const all = await found();
    expect(all.length).to.be.at.least(1);
    expect(all[0]).to.deep.equal(rig.place);
  };
  const expectHealthy = async () => expect(await found()).to.deep.equal([]);
  const handedOver = async () => {
    await rig.join('first');
    await rig.join('second');
    await rig.release('holder');
  };
  /** The seat is offered to the first; `then` tells how far it came. */
  const offered = async () => {
    await handedOver();
    const { customerId } = await rig.entry('first');
    const offer = { ...rig.place, bookingId: rig.offerOf('first'), customerId, offerBefore: soon() };
    expect(await rig.seats.offer(offer)).to.equal('offered');
  };
  const marked = async () => {
    await offered();
    expect(await rig.look()).to.deep.include({ kind: 'offered' });
  };

  beforeEach(async () => {
    await seatModel(database()).deleteMany({});
    await waitlistEntryModel(database()).deleteMany({});
    rig = await queueRig(database());
  });

  it('leaves alone a seat that is held while people wait for it, or that nobody waits for', async () => {
    await expectHealthy();
    await rig.join('first');
    await rig.begin('holder');
    await seatModel(database()).updateOne(rig.place, { $set: { 'holder.bookingId': rig.offerOf('holder') } });
    await expectHealthy();
  });

  it('leaves alone an offer whose booking goes on', async () => {
    await marked();
    await rig.begin('first');
    await expectHealthy();
  });

  it('leaves alone what has changed a moment ago', async () => {
    await handedOver();
    expect(await found(new Date(Date.now() - 10_000))).to.deep.equal([]);
  });

  it('finds a seat that was handed over and not offered', async () => {
    await handedOver();
    await expectFound();
  });

  it('finds one with its waitlist although nobody waits any more', async () => {
    await handedOver();
    await rig.leave('first');
    await rig.leave('second');
    await expectFound();
  });

  it('finds a seat that was offered to somebody whose entry does not say so, without a booking', async () => {
    await offered();
    await expectFound();
  });

  it('finds an offer whose booking was never begun', async () => {
    await marked();
    await expectFound();
  });

  for (const reason of ['payment_expired', 'payment_unavailable', 'cancelled_by_customer'] as const) {
    it(`finds an offer whose booking has ended: ${reason}`, async () => {
      await marked();
      await rig.begin('first');
      await rig.bookings.end(rig.offerOf('first'), 'FAILED', reason, 'It ended.');
      await expectFound();
    });
  }

  it('finds an offer whose booking is confirmed', async () => {
    await marked();
    await rig.begin('first');
    await rig.bookings.move(rig.offerOf('first'), 'CONFIRMED', { step: 'confirmed', text: 'It is confirmed.' });
    await expectFound();
  });

  it('finds an offer whose booking no longer has the seat', async () => {
    await marked();
    await rig.begin('first');
    await rig.release(rig.offerOf('first'));
    await seatModel(database()).updateOne(rig.place, { $set: { changedAt: new Date(Date.now() + 3_600_000) } });
    await expectFound();
  });

  for (const [what, change] of [
    ['is open', { status: 'OPEN' }],
    ['is closed', { closed: { reason: 'broken' } }],
    ['does not know of them', { waitlisted: false }],
    ['was taken by another attempt, of which no booking is known', { 'holder.bookingId': 'never-begun' }],
  ] as const) {
    it(`finds people who wait for a seat that ${what}`, async () => {
      await rig.join('first');
      await rig.begin('holder');
      await seatModel(database()).updateOne(rig.place, {
        $set: { 'holder.bookingId': rig.offerOf('holder'), ...change },
      });
      await expectFound();
    });
  }

  it('finds people who wait although their event has ended', async () => {
    await rig.join('first');
    await rig.begin('holder');
    await seatModel(database()).updateOne(rig.place, { $set: { 'holder.bookingId': rig.offerOf('holder') } });
    await expectHealthy();
    await eventModel(database()).updateOne({ _id: rig.place.eventId }, { $set: { status: 'ended' } });
    await expectFound();
  });

  it('reads the seats, the entries and what is beside them by indexes', async () => {
    await handedOver();
    const connection = database();
    const plans: string[] = [];
    const before = soon();
    const seats = await seatModel(connection)
      .find({ 'holder.kind': 'waitlist', changedAt: { $lt: before } })
      .explain('executionStats');
    plans.push(JSON.stringify(seats));
    const entries = await waitlistEntryModel(connection)
      .find({ active: true, changedAt: { $lt: before } })
      .explain('executionStats');
    plans.push(JSON.stringify(entries));
    const seat = await seatModel(connection)
      .aggregate([
        { $match: { $expr: { $and: [{ $eq: ['$eventId', rig.place.eventId] }, { $eq: ['$seatId', seatId] }] } } },
      ])
      .explain('executionStats');
    plans.push(JSON.stringify(seat));
    for (const plan of plans) expect(plan).to.include('IXSCAN').and.not.to.include('COLLSCAN');
  });
});
