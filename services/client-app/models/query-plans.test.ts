import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import type { Connection } from 'mongoose';
import { limits } from '../../../lib/contracts/limits.ts';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { plansOf } from '../../../test/support/query-plans.ts';
import { bookingHistoryIn } from './booking-history.ts';
import { historySorts } from './booking-lists.ts';
import { usersIn } from './users.ts';
import { waitlistEntriesIn } from './waitlist-entries.ts';

const limit = 5;
const at = (i: number) => new Date(Date.now() - i * 1_000);

describe("what reading client-app's lists costs its database, among 2,000 rows each", () => {
  const database = useDatabase('client-app');
  let connection: Connection;

  before(async function () {
    this.timeout(60_000);
    connection = database();
    const rows = Array.from({ length: 2_000 }, (_, i) => i);
    const insert = (name: string, rowOf: (i: number) => Record<string, unknown>) =>
      connection.collection<{ _id: string }>(name).insertMany(rows.map((i) => ({ _id: newId(), ...rowOf(i) })));
    const whose = (i: number) => ({ customerId: `customer-${i % 10}`, eventId: `event-${i % 7}`, createdAt: at(i) });
    await insert('bookings', (i) => ({ ...whose(i), status: i % 3 === 0 ? 'FAILED' : 'CONFIRMED' }));
    await insert('waitlist_entries', (i) => ({
      ...whose(i),
      // Ten active ones each, as many as one may have.
      active: i < 100 && i % 2 === 0,
      status: i < 100 && i % 2 === 0 ? 'WAITING' : 'LEFT',
    }));
    await insert('users', (i) => ({ role: i % 100 === 0 ? 'admin' : 'buyer', createdAt: at(i), deletedAt: null }));
  });

  /** Reads a page and the one after it, and looks at how. `slack`: rows that are looked at beside those of the page. */
  async function expectIndexed(read: (cursor?: string) => Promise<{ nextCursor?: string }>, slack = 0): Promise<void> {
    let nextCursor: string | undefined;
    const turn = async () => {
      ({ nextCursor } = await read(nextCursor));
    };
    const plans = [...(await plansOf(connection, turn)), ...(await plansOf(connection, turn))];
    expect(plans).to.have.length(2);
    for (const plan of plans) {
      const told = JSON.stringify(plan);
      expect(plan.stages, told).to.not.include('COLLSCAN').and.not.include('SORT');
      expect(plan.returned, told).to.be.at.least(1);
      // One more than the page to tell whether more follow, and the row at which the page before ended.
      expect(plan.docsExamined, told).to.be.at.most(limit + 2 + slack);
      expect(plan.keysExamined, told).to.be.at.most(2 * (limit + 1) + slack);
    }
  }

  for (const sort of historySorts) {
    it(`reads a person's bookings, ${sort} first, from an index`, async () => {
      const { page } = bookingHistoryIn(connection);
      for (const filter of [{}, { status: 'FAILED' }, { eventId: 'event-3' }] as const) {
        await expectIndexed((cursor) =>
          page({ customerId: 'customer-1', sort, limit, ...filter, ...(cursor !== undefined && { cursor }) }),
        );
      }
      // Of one person at one event there are few: their status is looked at.
      const few = { customerId: 'customer-1', eventId: 'event-3', status: 'CONFIRMED' } as const;
      await expectIndexed((cursor) => page({ ...few, sort, limit, ...(cursor !== undefined && { cursor }) }), 28);
    });
  }

  it("reads a person's places in queues from an index", async () => {
    const { page } = waitlistEntriesIn(connection);
    for (const filter of [{}, { active: true }, { active: false }, { status: 'LEFT' }] as const) {
      // The active ones come first and are looked over, of which a person has few.
      await expectIndexed(
        (cursor) => page({ customerId: 'customer-2', limit, ...filter, ...(cursor !== undefined && { cursor }) }),
        2 * limits.waitingPerPerson,
      );
    }
  });

  it('reads the users from an index', async () => {
    const { page } = usersIn(connection);
    await expectIndexed((cursor) => page(cursor, limit));
  });
});
