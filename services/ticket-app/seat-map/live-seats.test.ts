import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { seatModel } from '../models/seat.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';
import { createSeatStates, type SeatState } from '../models/seat-states.ts';
import { createLiveSeats, type LiveSeatsOptions, liveSeatsDefaults, type SeatNews } from './live-seats.ts';

describe('the seats of an event as a process knows them', () => {
  const database = useDatabase('ticket-app');
  let eventId: string;

  const ledger = () => createSeatLedger(database());
  const live = (options: Partial<LiveSeatsOptions> = {}) =>
    createLiveSeats(createSeatStates(database()), eventId, { ...liveSeatsDefaults, ...options });
  const claim = async (seatId: string) => {
    const claimed = await ledger().claim({
      eventId,
      seatId,
      bookingId: newId(),
      customerId: newId(),
      claimBefore: new Date(Date.now() + 60_000),
    });
    expect(claimed.outcome).to.equal('claimed');
  };
  const seatsOf = (news: SeatNews[]): Array<[string, string]> =>
    news.flatMap((one) =>
      one.kind === 'seats' ? one.seats.map(({ seatId, status }: SeatState): [string, string] => [seatId, status]) : [],
    );

  beforeEach(async () => {
    eventId = newId();
    await ledger().add(eventId, someSeats(5));
  });

  it('tells what looks different, once, and nothing of what does not show', async () => {
    const hall = live();
    await hall.beAtMost(0);
    const news: SeatNews[] = [];
    hall.listen((one) => news.push(one));
    await claim('A-1-2');
    await hall.beAtMost(0);
    await hall.beAtMost(0);
    expect(seatsOf(news)).to.deep.equal([['A-1-2', 'ON_GOING']]);
    // A bar changes the document and nothing that is shown.
    await ledger().bar({ eventId, seatId: 'A-1-3', bookingId: newId(), barUntil: new Date(Date.now() + 60_000) });
    await hall.beAtMost(0);
    expect(news).to.have.length(1);
    await ledger().close({ eventId, seatIds: ['A-1-3'], reason: 'broken' });
    await hall.beAtMost(0);
    expect(seatsOf(news)).to.deep.include(['A-1-3', 'OPEN']);
  });

  it('reads nothing anew within the age that is good enough', async () => {
    const hall = live();
    await hall.beAtMost(0);
    await claim('A-1-1');
    await hall.beAtMost(60_000);
    const states = () =>
      hall
        .rows()[0]
        ?.seats.map(({ status }) => status)
        .join();
    expect(states()).to.equal('OPEN,OPEN,OPEN,OPEN,OPEN');
    await hall.beAtMost(0);
    expect(states()).to.equal('ON_GOING,OPEN,OPEN,OPEN,OPEN');
  });

  it('sees a change that was made before it was asked, though a look goes on already', async () => {
    const hall = live();
    await hall.beAtMost(0);
    for (const seatId of ['A-1-1', 'A-1-2', 'A-1-3']) {
      const before = hall.beAtMost(0);
      await claim(seatId);
      await hall.beAtMost(0);
      const seat = hall.rows()[0]?.seats.find((one) => one.seatId === seatId);
      expect(seat?.status).to.equal('ON_GOING');
      await before;
    }
  });

  it('has the map fetched anew when seats are added, edited or removed', async () => {
    const hall = live({ allEveryMs: 0 });
    await hall.beAtMost(0);
    const kinds: string[] = [];
    hall.listen((one) => kinds.push(one.kind));
    const layouts = [hall.layout()];
    const look = async () => {
      await hall.beAtMost(0);
      layouts.push(hall.layout());
    };
    await ledger().add(eventId, someSeats(6));
    await look();
    await ledger().edit(eventId, 'A-1-1', { category: 'Silver' });
    await look();
    await ledger().remove(eventId, 'A-1-6');
    await look();
    expect(kinds).to.deep.equal(['reload', 'reload', 'reload']);
    expect(new Set(layouts).size).to.equal(4);
  });

  it('finds new and edited seats without looking at all of them', async () => {
    const hall = live({ allEveryMs: 3_600_000 });
    await hall.beAtMost(0);
    await ledger().add(eventId, someSeats(6));
    await hall.beAtMost(0);
    expect(hall.rows()[0]?.seats).to.have.length(6);
    await ledger().edit(eventId, 'A-1-1', { category: 'Silver' });
    await hall.beAtMost(0);
    expect(hall.rows()[0]?.seats[0]?.category).to.equal('Silver');
  });

  it('finds by a look at all seats what became visible too late, or came from a clock that was set back', async () => {
    const anHourAgo = new Date(Date.now() - 3_600_000);
    const write = () =>
      seatModel(database()).updateOne(
        { eventId, seatId: 'A-1-4' },
        { $set: { status: 'BOOKED', changedAt: anHourAgo } },
      );
    const byChanges = live({ allEveryMs: 3_600_000 });
    const byAll = live({ allEveryMs: 0 });
    await Promise.all([byChanges.beAtMost(0), byAll.beAtMost(0)]);
    await write();
    await Promise.all([byChanges.beAtMost(0), byAll.beAtMost(0)]);
    const stateIn = (hall: ReturnType<typeof live>) => hall.rows()[0]?.seats[3]?.status;
    expect([stateIn(byChanges), stateIn(byAll)]).to.deep.equal(['OPEN', 'BOOKED']);
  });

  it('looks at all seats behind the back of whoever asks', async () => {
    const allEveryMs = 2_000;
    const hall = live({ allEveryMs });
    await hall.beAtMost(0);
    const changedAt = new Date(Date.now() - 3_600_000);
    await seatModel(database()).updateOne({ eventId, seatId: 'A-1-4' }, { $set: { status: 'BOOKED', changedAt } });
    const state = () => hall.rows()[0]?.seats[3]?.status;
    await hall.beAtMost(0);
    expect(state()).to.equal('OPEN');
    await delay(allEveryMs);
    await hall.beAtMost(0);
    // Nobody asks again.
    await waitUntil('all seats to be looked at', async () => state() === 'BOOKED');
  });

  it('looks at all seats again for an import that began while it did', async () => {
    const states = createSeatStates(database());
    let hold: Promise<void> | undefined;
    const held = {
      ...states,
      async all(id: string) {
        const seats = await states.all(id);
        await hold;
        return seats;
      },
    };
    const hall = createLiveSeats(held, eventId, { ...liveSeatsDefaults, allEveryMs: 3_600_000 });
    await hall.beAtMost(0, 1);
    let go = () => {};
    hold = new Promise((resolve) => {
      go = resolve;
    });
    const second = hall.beAtMost(0, 2);
    // By now it has read, or will within this time; a look that reads later finds the same.
    await delay(200);
    await ledger().remove(eventId, 'A-1-5');
    const third = hall.beAtMost(0, 3);
    go();
    await Promise.all([second, third]);
    expect(hall.rows()[0]?.seats).to.have.length(4);
  });

  it('reads changes by an index, however large the hall', async () => {
    const plan = await seatModel(database())
      .find({ eventId, changedAt: { $gte: new Date() } })
      .explain('executionStats');
    const { executionStats } = plan as unknown as { executionStats: { totalDocsExamined: number } };
    expect(executionStats.totalDocsExamined).to.equal(0);
    expect(JSON.stringify(plan)).to.not.include('COLLSCAN');
  });
});
