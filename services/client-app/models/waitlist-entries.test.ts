import { expect } from 'chai';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import type { WaitlistEntryView } from '../../../lib/contracts/waitlist.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, startClientApp } from '../../../test/client-app.ts';
import { entryView } from '../../../test/ticketing-stand-in.ts';

describe("the waitlist's entries as a projection (K-5)", () => {
  let app: ClientAppUnderTest;

  before(async () => {
    app = await startClientApp('waitlist-projection');
  });
  after(() => app.close());

  const step = (name: string) => ({ at: '2026-12-01T00:00:00.000Z', step: name, text: `It was ${name}.` });
  const life: Partial<WaitlistEntryView>[] = [
    { version: 1, status: 'WAITING' },
    { version: 2, status: 'OFFERED', bookingId: 'b-1' },
    { version: 3, status: 'WAITING', bookingId: 'b-1' },
    { version: 4, status: 'OFFERED', bookingId: 'b-2' },
    { version: 5, status: 'FULFILLED', bookingId: 'b-2' },
  ];
  const call = () => ({ entryId: newId(), customerId: 'sari', eventId: 'konser', seatId: 'A-1' });
  const apply = (view: WaitlistEntryView) => app.dependencies.waitlist.apply(view);
  const find = (entryId: string) => app.dependencies.waitlist.find(entryId);
  const request = (entry: ReturnType<typeof call>) =>
    app.dependencies.waitlist.request({ ...entry, joinBefore: new Date(Date.now() + 60_000) });

  it('ends at the highest version, whatever the order, the repeats and the gaps, from an entry known or unknown', async function () {
    this.timeout(60_000);
    const deliveries = fc.array(fc.constantFrom(...life), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(deliveries, fc.boolean(), fc.boolean(), async (order, isKnown, atOnce) => {
        const entry = call();
        if (isKnown) await request(entry);
        const tell = (told: Partial<WaitlistEntryView>) => apply(entryView(entry, told));
        if (atOnce) await Promise.all(order.map(tell));
        else for (const told of order) await tell(told);
        const newest = order.reduce((one, other) => ((other.version ?? 0) > (one.version ?? 0) ? other : one));
        const stored = await find(entry.entryId);
        expect(stored).to.include({ version: newest.version, status: newest.status });
        expect(stored?.bookingId).to.equal(newest.bookingId);
        expect(stored?.active).to.equal(newest.status !== 'FULFILLED');
        expect(stored?.check === undefined).to.equal(newest.status === 'FULFILLED');
      }),
      { numRuns: 40 },
    );
  });

  it('takes the longer of two histories of one version, in any order, and nothing else of it', async () => {
    const short = [step('joined')];
    const long = [...short, step('passed')];
    for (const order of [
      [short, long],
      [long, short],
      [long, [], short],
    ]) {
      const entry = call();
      for (const history of order) await apply(entryView(entry, { history }));
      await apply(entryView(entry, { history: [], status: 'LEFT' }));
      const stored = await find(entry.entryId);
      expect(stored?.history.map((told) => told.step)).to.deep.equal(['joined', 'passed']);
      expect(stored).to.include({ status: 'WAITING', version: 1 });
    }
  });

  it('takes the longest of many histories that are told at once', async () => {
    const histories = Array.from({ length: 12 }, (_, n) => Array.from({ length: n + 1 }, (__, i) => step(`step-${i}`)));
    for (let round = 0; round < 5; round++) {
      const entry = call();
      await apply(entryView(entry, { history: [] }));
      await Promise.all(histories.toReversed().map((history) => apply(entryView(entry, { history }))));
      expect((await find(entry.entryId))?.history).to.have.length(12);
    }
  });

  it('keeps whose it is and when it was asked for', async () => {
    const entry = call();
    const { entry: requested } = await request(entry);
    await apply(entryView(entry, { joinedAt: '2031-01-01T00:00:00.000Z', customerId: 'x' }));
    expect(await find(entry.entryId)).to.deep.include({ createdAt: requested.createdAt, customerId: 'sari' });
  });

  it('ends or forgets only what ticket-app has told nothing of', async () => {
    const { waitlist } = app.dependencies;
    const entry = call();
    await apply(entryView(entry));
    await waitlist.endAsNotJoined(entry.entryId);
    await waitlist.forget(entry.entryId);
    expect(await find(entry.entryId)).to.include({ status: 'WAITING', version: 1 });
  });

  it('reads a page and what is due by an index', async () => {
    const plan = async (filter: Record<string, unknown>, sort: Record<string, 1 | -1>) => {
      const found = await app.connection.collection('waitlist_entries').find(filter).sort(sort).explain('queryPlanner');
      return JSON.stringify(found.queryPlanner.winningPlan);
    };
    const listed = { active: -1, createdAt: -1, _id: -1 } as const;
    for (const [filter, sort] of [
      [{ customerId: 'sari' }, listed],
      [{ customerId: 'sari', status: 'LEFT', active: false }, listed],
      [{ 'check.nextAttemptAt': { $lte: new Date() } }, {}],
    ] as const) {
      expect(await plan(filter, sort))
        .to.include('IXSCAN')
        .and.not.to.include('"SORT"');
    }
  });
});
