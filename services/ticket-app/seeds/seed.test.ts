import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { useDatabase } from '../../../test/database.ts';
import { seatQuery } from '../commands/find-seats.ts';
import { eventModel, isOnSale } from '../models/event.ts';
import { seatModel } from '../models/seat.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';
import { seededEvents } from './events.ts';
import { seed } from './seed.ts';

const istora = 'gamelan-nusantara-istora';

/** The stages of a plan, from the top down. */
function stagesOf(plan: { stage?: string; inputStage?: object; inputStages?: object[] }): string[] {
  const below = [...(plan.inputStages ?? []), ...(plan.inputStage ? [plan.inputStage] : [])];
  return [plan.stage ?? '', ...below.flatMap((stage) => stagesOf(stage))];
}

interface Explained {
  queryPlanner: { winningPlan: object };
  executionStats: { totalKeysExamined: number; totalDocsExamined: number };
}

describe('the seeds of ticket-app', () => {
  const database = useDatabase('ticket-app');
  before(async function () {
    this.timeout(60_000);
    await seed(database());
  });

  it('seeds at least six events of both organizers, from 200 to 7,000 seats', async () => {
    const events = await eventModel(database()).find().lean();
    expect(events.length).to.be.at.least(6);
    expect(new Set(events.map(({ organizer }) => organizer))).to.deep.equal(new Set(['x', 'y']));
    const sizes = await Promise.all(events.map(({ _id }) => seatModel(database()).countDocuments({ eventId: _id })));
    expect([Math.min(...sizes), Math.max(...sizes)]).to.deep.equal([200, 7_000]);
    const onSale = events.filter((event) => isOnSale(event, new Date()));
    expect(onSale.length).to.be.at.least(6);
    expect(events.some(({ status }) => status === 'draft')).to.equal(true);
    expect(events.some(({ status, salesStartAt }) => status === 'published' && salesStartAt > new Date())).to.equal(
      true,
    );
    for (const { startsAt, endsAt, doorsAt, salesStartAt, salesEndAt } of events) {
      expect([salesStartAt, salesEndAt, startsAt, endsAt]).to.deep.equal(
        [salesStartAt, salesEndAt, startsAt, endsAt].sort((a, b) => a.getTime() - b.getTime()),
      );
      expect(doorsAt?.getTime()).to.be.lessThan(startsAt.getTime());
      expect(startsAt.getTime()).to.be.greaterThan(Date.now());
    }
  });

  it('names seats by section, row and number', async () => {
    const seat = await seatModel(database()).findOne({ eventId: istora, seatId: 'A-12-7' }).lean();
    expect(seat).to.deep.include({ section: 'A', row: '12', number: '7', status: 'OPEN' });
  });

  it('changes nothing when it runs again: no date, no sold seat, no seat twice; and adds what is missing', async () => {
    const claim = { eventId: istora, seatId: 'A-12-7', bookingId: 'b', customerId: 'c' };
    await createSeatLedger(database()).claim({ ...claim, claimBefore: new Date(Date.now() + 60_000) });
    await seatModel(database()).deleteOne({ eventId: istora, seatId: 'A-12-8' });
    const before = await eventModel(database()).find().sort({ _id: 1 }).lean();
    await Promise.all([seed(database()), seed(database())]);
    expect(await eventModel(database()).find().sort({ _id: 1 }).lean()).to.deep.equal(before);
    expect((await seatModel(database()).findOne({ eventId: istora, seatId: 'A-12-7' }).lean())?.status).to.equal(
      'ON_GOING',
    );
    expect(await seatModel(database()).countDocuments({ eventId: istora })).to.equal(7_000);
    expect(before).to.have.length(seededEvents.length);
  });

  it('leaves the pages of seats to an index', async () => {
    const pages = [{ limit: 100 }, { limit: 100, cursor: 'A-12-7' }];
    for (const page of pages) {
      const explained = await seatQuery(database(), istora, page).explain('executionStats');
      const { queryPlanner, executionStats } = explained as unknown as Explained;
      expect(stagesOf(queryPlanner.winningPlan)).to.not.include('COLLSCAN').and.not.include('SORT');
      expect(executionStats.totalDocsExamined).to.equal(101);
    }
    const sold = await seatQuery(database(), istora, { status: 'BOOKED', limit: 100 }).explain('executionStats');
    expect((sold as unknown as Explained).executionStats.totalDocsExamined).to.equal(0);
  });
});
