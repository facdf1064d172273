import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { eventSorts } from '../../../lib/contracts/catalogue-query.ts';
import { newId } from '../../../lib/ids.ts';
import { storedEvent } from '../../../test/factories/events.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { plansOf, type QueryPlan } from '../../../test/support/query-plans.ts';
import { useTicketApp } from '../../../test/ticket-app.ts';
import { createReadBookings } from '../commands/read-bookings.ts';
import { createReadWaitlist } from '../commands/read-waitlist.ts';
import { bookingModel } from '../models/booking.ts';
import { eventModel } from '../models/event.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';
import { createTicketRecords } from '../models/ticket-records.ts';
import { createWaitlistLedger } from '../models/waitlist-ledger.ts';

const limit = 5;
const waiting = 120;
const day = (days: number) => new Date(Date.now() + days * 24 * 3_600_000);
const [first, second] = ['first', 'second'].map((name) => `${name}-event`) as [string, string];

describe('what reading in ticket-app costs its database, among 2,400 events', () => {
  const app = useTicketApp();

  before(async function () {
    this.timeout(60_000);
    const statuses = ['published', 'published', 'published', 'ended', 'cancelled', 'draft'] as const;
    const events = Array.from({ length: 2_400 }, (_, i) =>
      storedEvent({
        _id: i === 0 ? first : i === 1 ? second : newId(),
        title: `${['Senja', 'Arus', 'Bulan', 'Kabut'][i % 4]} ${i}`,
        city: ['Jakarta', 'Bandung', 'Surabaya', 'Medan', 'Denpasar'][i % 5] ?? '',
        ownerId: `organizer-${i % 40}`,
        status: statuses[i % 6] ?? 'published',
        startsAt: day(1 + (i % 365)),
        endsAt: day(400),
        salesEndAt: day(i % 7 === 0 ? -1 : 30),
        createdAt: day(-(i % 300)),
        prices: [100_000 + 10_000 * (i % 50), 1_000_000 + 10_000 * (i % 90)],
      }),
    );
    await eventModel(app().connection).insertMany(events);
    for (const eventId of [first, second]) await createSeatLedger(app().connection).add(eventId, someSeats(1_000));
    const bookings = Array.from({ length: 1_200 }, (_, i) => ({
      _id: newId(),
      runId: 'run-1',
      customerId: `customer-${i % 60}`,
      eventId: [first, second][i % 2],
      seatIds: ['A-1-1'],
      version: 1,
      status: i % 3 === 0 ? 'FAILED' : 'CONFIRMED',
      timeline: [],
      claimBefore: new Date(),
      createdAt: day(-(i % 100)),
      changedAt: new Date(),
    }));
    await bookingModel(app().connection).insertMany(bookings);
    const queue = createWaitlistLedger(app().connection);
    const place = { eventId: first, seatId: 'A-1-1' };
    for (let seq = 1; seq <= waiting; seq += 1) {
      await queue.insert({ _id: `entry-${seq}`, ...place, customerId: `customer-${seq}`, seq }, 'You joined.', seq);
    }
  });

  const range = `from=${day(100).toISOString()}&to=${day(140).toISOString()}`;
  /** Filters that an index of each order finds by, or has the means to look them up in. */
  const precise = ['', 'city=Jakarta', range, 'ownerId=organizer-4', 'onSale=true', 'status=cancelled'];
  /** Which events have a seat at such a price, or such words, is not in the order of any index. */
  const imprecise = {
    'minPrice=200000&maxPrice=250000': { prices: { $elemMatch: { $gte: 200_000, $lte: 250_000 } } },
    'maxPrice=100000': { prices: { $elemMatch: { $lte: 100_000 } } },
    'minPrice=1890000': { prices: { $elemMatch: { $gte: 1_890_000 } } },
    'minPrice=600000&maxPrice=900000': { prices: { $elemMatch: { $gte: 600_000, $lte: 900_000 } } },
    'city=Medan&minPrice=200000&maxPrice=250000&onSale=true': {
      prices: { $elemMatch: { $gte: 200_000, $lte: 250_000 } },
    },
    'q=senja': { titleKey: /senja/ },
    'q=senja&city=Medan': { titleKey: /senja/ },
  };

  /** The plans of the first page, and of the one after it. */
  async function plansOfEvents(query: string): Promise<QueryPlan[]> {
    let cursor = '';
    const read = async () => {
      const { status, body } = await app().call('GET', `/events?limit=${limit}&${query}${cursor}`, { as: 'service' });
      expect(status, JSON.stringify(body)).to.equal(200);
      cursor = body.nextCursor === undefined ? '' : `&cursor=${body.nextCursor}`;
    };
    const plans = await plansOf(app().connection, read);
    if (cursor !== '') plans.push(...(await plansOf(app().connection, read)));
    return plans;
  }

  function expectIndexed(plans: QueryPlan[]): QueryPlan[] {
    expect(plans).to.not.have.length(0);
    for (const plan of plans) expect(plan.stages, JSON.stringify(plan)).to.not.include('COLLSCAN');
    return plans;
  }
  const ofEvents = (plans: QueryPlan[]) => plans.filter(({ read }) => read === 'find events');

  for (const sort of eventSorts) {
    it(`reads a page of events sorted by ${sort} from an index, and little beside it`, async () => {
      for (const filter of precise) {
        for (const plan of ofEvents(expectIndexed(await plansOfEvents(`sort=${sort}&${filter}`)))) {
          const told = `${filter}: ${JSON.stringify(plan)}`;
          expect(plan.stages, told).to.not.include('SORT');
          expect(plan.docsExamined, told).to.be.at.most(3 * (limit + 1));
          expect(plan.keysExamined, told).to.be.at.most(20 * (limit + 1));
        }
      }
    });

    it(`reads no more than what fits, sorted by ${sort}, of a search by price or by words`, async () => {
      for (const [filter, fits] of Object.entries(imprecise)) {
        const found = await eventModel(app().connection).countDocuments(fits);
        for (const plan of ofEvents(expectIndexed(await plansOfEvents(`sort=${sort}&${filter}`)))) {
          // Each of them twice, where its words are looked at too.
          expect(plan.docsExamined, `${filter}: ${JSON.stringify(plan)}`).to.be.at.most(2 * found + limit);
        }
      }
    });
  }

  it('reads an event, its seats and who has booked it from indexes', async () => {
    const { keysExamined } = expectIndexed(await plansOf(app().connection, () => app().call('GET', `/events/${first}`)))
      .filter(({ read }) => read === 'find events')
      .reduce((most, plan) => (plan.keysExamined > most.keysExamined ? plan : most));
    expect(keysExamined).to.be.at.most(1);
    const paths = [
      '',
      '?limit=5',
      '?limit=5&cursor=A-1-500',
      '?status=OPEN&limit=5',
      '?section=A&category=Gold&limit=5',
    ];
    for (const path of [...paths.map((query) => `/seats${query}`), '/seats/A-1-1']) {
      const read = async () => {
        const { status, body } = await app().call('GET', `/events/${first}${path}`);
        expect(status, `${path}: ${JSON.stringify(body)}`).to.equal(200);
      };
      expectIndexed(await plansOf(app().connection, read));
    }
    for (const query of [
      'limit=5',
      'limit=5&status=FAILED',
      'limit=5&sort=oldest',
      'limit=5&status=FAILED&sort=oldest',
    ]) {
      const read = () => app().call('GET', `/events/${first}/bookings?${query}`);
      const plans = expectIndexed(await plansOf(app().connection, read));
      const [bookings] = plans.filter((plan) => plan.read === 'find bookings');
      expect(bookings?.docsExamined, query).to.be.at.most(limit + 1);
      expect(bookings?.stages, query).to.not.include('SORT');
    }
  });

  it('reads what client-app asks for of bookings and queues from indexes', async () => {
    const { connection } = app();
    const read = createReadBookings(connection, createTicketRecords(connection));
    const whose = [
      {},
      { eventId: first },
      { customerId: 'customer-1' },
      { status: 'FAILED' },
      { eventId: first, status: 'FAILED' },
      { customerId: 'customer-1', status: 'FAILED' },
    ] as const;
    for (const filter of whose) {
      for (const sort of ['newest', 'oldest'] as const) {
        const [plan] = expectIndexed(await plansOf(connection, () => read.page({ ...filter, sort, limit })));
        expect(plan?.docsExamined, JSON.stringify([filter, plan])).to.be.at.most(limit + 1);
      }
    }
    const waitlist = createReadWaitlist(connection);
    expectIndexed(await plansOf(connection, () => waitlist.activeOfPerson('customer-1')));
    expectIndexed(await plansOf(connection, () => waitlist.queue({ eventId: first, seatId: 'A-1-1' })));
    expectIndexed(await plansOf(connection, () => createTicketRecords(connection).revokedOf(first, new Date(0))));
  });

  it('counts a queue, and who is before somebody, by an index alone: reads nobody else', async () => {
    const { connection } = app();
    const queue = createWaitlistLedger(connection);
    const [counted] = await plansOf(connection, () => queue.count({ eventId: first, seatId: 'A-1-1' }));
    expect(counted?.docsExamined, JSON.stringify(counted)).to.equal(0);
    const plans = await plansOf(connection, () => createReadWaitlist(connection).place(`entry-${waiting}`));
    expect(plans.map(({ docsExamined }) => docsExamined)).to.deep.equal([1, 0]);
    const story = await plansOf(connection, () => createReadWaitlist(connection).one(`entry-${waiting}`));
    expect(
      story.reduce((sum, { docsExamined }) => sum + docsExamined, 0),
      JSON.stringify(story),
    ).to.equal(1);
  });
});
