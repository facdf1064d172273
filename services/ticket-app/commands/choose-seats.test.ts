import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { eventModel, findEventIn } from '../models/event.ts';
import { seatModel } from '../models/seat.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';
import { createSeatStates } from '../models/seat-states.ts';
import { createLiveHalls } from '../seat-map/live-seats.ts';
import { createChooseSeats } from './choose-seats.ts';

describe('choosing seats for bookings', () => {
  const database = useDatabase('ticket-app');
  let eventId: string;

  const chooser = () => createChooseSeats(createLiveHalls(createSeatStates(database())), findEventIn(database()));
  const claim = (seatId: string) =>
    createSeatLedger(database()).claim({
      eventId,
      seatId,
      bookingId: newId(),
      customerId: newId(),
      claimBefore: new Date(Date.now() + 60_000),
    });
  const hall = (rows: number, perRow: number) =>
    Array.from({ length: rows }, (_, i) =>
      someSeats(perRow).map((seat) => ({ ...seat, row: String(i + 1), seatId: `A-${i + 1}-${seat.number}` })),
    ).flat();
  const open = async (rows: number, perRow: number, event: object = {}) => {
    eventId = newId();
    const stored = { _id: eventId as never, organizerEventRef: eventId, status: 'published', ...event };
    await eventModel(database()).collection.insertOne(stored);
    await createSeatLedger(database()).add(eventId, hall(rows, perRow));
  };

  beforeEach(() => open(15, 20));

  it('keeps 60 who choose at once apart: no seat twice, side by side, and no single seat left behind', async () => {
    const choose = chooser();
    const choices = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const seats = 2 + (i % 3);
        const choice = await choose(eventId, { category: 'Gold', seats, seed: newId() });
        if (choice.outcome !== 'chosen') throw new Error(choice.outcome);
        expect(choice.seatIds).to.have.length(seats);
        const claims = await Promise.all(choice.seatIds.map(claim));
        expect(claims.map(({ outcome }) => outcome)).to.deep.equal(claims.map(() => 'claimed'));
        return choice.seatIds;
      }),
    );
    for (const seatIds of choices) {
      const [first = ''] = seatIds;
      const [, row, number] = first.split('-');
      expect(seatIds).to.deep.equal(seatIds.map((_, i) => `A-${row}-${Number(number) + i}`));
    }
    const rows = await seatModel(database()).find({ eventId, status: 'OPEN' }).lean();
    const free = new Set(rows.map(({ seatId }) => seatId));
    const single = rows.filter(({ row, number }) =>
      [-1, 1].every((step) => !free.has(`A-${row}-${Number(number) + step}`)),
    );
    expect(single.map(({ seatId }) => seatId)).to.deep.equal([]);
  });

  it('sees what is taken, by whomever, and says how many are free side by side', async () => {
    await open(1, 7);
    const choose = chooser();
    await claim('A-1-3');
    expect(await choose(eventId, { category: 'Gold', seats: 5, seed: 'a' })).to.deep.equal({
      outcome: 'not_enough',
      largest: 4,
    });
    await createSeatLedger(database()).close({ eventId, seatIds: ['A-1-4'], reason: 'broken' });
    expect(await choose(eventId, { category: 'Gold', seats: 4, seed: 'a' })).to.deep.equal({
      outcome: 'not_enough',
      largest: 3,
    });
  });

  it('turns nobody away for what was only chosen: it may come free again', async () => {
    await open(1, 2);
    const choose = chooser();
    const wanted = { category: 'Gold', seats: 2, seed: 'a' };
    const first = await choose(eventId, wanted);
    expect(await choose(eventId, wanted)).to.deep.equal(first);
  });

  it('knows no draft, no event that is not there, and no category that it lacks', async () => {
    const choose = chooser();
    const wanted = { category: 'Royal', seats: 1, seed: 'a' };
    expect(await choose(eventId, wanted)).to.deep.equal({ outcome: 'unknown_category' });
    expect(await choose(newId(), wanted)).to.deep.equal({ outcome: 'unknown_event' });
    await open(1, 2, { status: 'draft' });
    expect(await choose(eventId, { ...wanted, category: 'Gold' })).to.deep.equal({ outcome: 'unknown_event' });
  });
});
