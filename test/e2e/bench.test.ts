import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { machineFacts } from '../../bench/machine.ts';
import type { Sizes, Stage } from '../../bench/measure.ts';
import { MEASURES, measureNamed } from '../../bench/measures.ts';
import { memoryOfAll } from '../../bench/processes.ts';
import { figuresOf } from '../../bench/report/figures.ts';
import { drawPage } from '../../bench/report/page.ts';
import type { Measures } from '../../bench/report/report.ts';
import { sectionsOf } from '../../bench/report/sections.ts';
import { system } from '../engines.ts';
import { closeDatabases } from './databases.ts';

/** So little that all of it is over in half a minute: this asks whether each measure works, never how fast. */
const TINY: Sizes = {
  warmUpSeconds: 0.5,
  rateSeconds: 0.5,
  buyersAtOnce: 4,
  sale: { seats: 300, buyers: 60 },
  onsale: { buyers: 30, seats: 8, rounds: 1 },
  hallSeats: 200,
  queues: 3,
  promotions: 2,
  recovery: ['payment-app'],
  growth: { pastBookings: [20, 60], events: 2, waiting: [1, 3], samples: 2 },
};

const isPositive = (value: unknown) => typeof value === 'number' && value > 0;

describe('npm run bench', function () {
  this.timeout(120_000);
  let measures: Measures = {};
  const stage = (): Stage => ({ system: system(), rounds: 1, seconds: 0.5, seed: 1, sizes: TINY, say: () => {} });
  async function measured<Name extends keyof Measures>(name: Name): Promise<NonNullable<Measures[Name]>> {
    measures = { ...measures, ...(await measureNamed(name)?.measure?.(stage())) };
    const found = measures[name];
    if (found === undefined) throw new Error(`There is nothing of ${name}.`);
    return found;
  }

  let memoryMb: Record<string, number>;
  before(async () => {
    memoryMb = await memoryOfAll(system());
  });
  after(closeDatabases);

  it('reads the memory of every process', () => {
    expect(memoryMb).to.include.keys('client-app', 'ticket-app', 'ticketing-worker');
    expect(Object.values(memoryMb).every(isPositive)).to.equal(true);
  });

  it('measures whole bookings beside the ceiling', async () => {
    const book = await measured('book');
    expect(book.orders[0]?.every(isPositive)).to.equal(true);
    for (const { median } of [book.bare.perSecond, book.ordersPerSecond, book.seatsPerSecond4])
      expect(median).to.satisfy(isPositive);
    expect(book.ordersPerMinute.median).to.be.closeTo(book.ordersPerSecond.median * 60, 1);
    expect(book.historyEvents).to.be.within(20, 44);
    expect(book.workflowTasks).to.be.within(2, 6);
    expect(book.cpuMsPerOrder).to.include.keys('client-app', 'ticketing-worker');
    expect(book.bare.perSecondDoubled).to.satisfy(isPositive);
    expect(book.bare.cpuMsEach).to.include.keys('bare-worker', 'bare-client');
  });

  it('measures the booking call, idle and loaded', async () => {
    const { idle, loaded, spans } = await measured('reserve');
    expect(spans).to.have.length(7);
    expect(spans.every(({ ms }) => isPositive(ms))).to.equal(true);
    for (const { calls, p50, p99 } of [idle, loaded]) {
      expect(calls).to.satisfy(isPositive);
      expect(p50.median).to.satisfy(isPositive);
      expect(p99.median).to.be.at.least(p50.median);
    }
  });

  it('measures refusals of a hot seat at both doors, each answer checked', async () => {
    const { ticketApp, ticketAppFew, clientApp, clientAppFew } = await measured('hot');
    expect([ticketApp, ticketAppFew, clientApp, clientAppFew].map(({ connections }) => connections)).to.deep.equal([
      64, 8, 64, 8,
    ]);
    for (const { perSecond } of [ticketApp, ticketAppFew, clientApp, clientAppFew])
      expect(perSecond.median).to.satisfy(isPositive);
  });

  it('measures reads', async () => {
    const { seatMap, seatMapUnchanged, bookingStatus } = await measured('read');
    for (const { perSecond } of [seatMap, seatMapUnchanged, bookingStatus])
      expect(perSecond.median).to.satisfy(isPositive);
  });

  it('measures joins and promotions', async () => {
    const { joinsPerSecond, promotion } = await measured('waitlist');
    expect(joinsPerSecond.median).to.satisfy(isPositive);
    expect(promotion.promotions).to.equal(TINY.promotions);
    expect(promotion.p50.median).to.satisfy(isPositive);
  });

  it('sells a hall to a crowd: no error, no seat unsold, none sold twice', async () => {
    const onsale = await measured('onsale');
    expect(onsale.errorKinds).to.deep.equal({});
    expect([onsale.errors, onsale.unsold, onsale.soldTwice]).to.deep.equal([0, 0, 0]);
    expect(onsale.soldOutSeconds.median).to.satisfy(isPositive);
    expect(onsale.winnersByArrival.reduce((sum, share) => sum + share, 0)).to.be.closeTo(1, 0.02);
  });

  it('measures growth over rows that are like real ones', async () => {
    const { bookings, waiting, ratios } = await measured('growth');
    expect(bookings.map(({ pastBookings }) => pastBookings)).to.deep.equal([...TINY.growth.pastBookings]);
    expect(waiting.map((cost) => cost.waiting)).to.deep.equal([...TINY.growth.waiting]);
    for (const name of ['reserveMs', 'statusMs', 'listMs', 'seatMapMs', 'joinMs', 'lookMs', 'leaveMs'])
      expect(ratios[name], name).to.satisfy(isPositive);
  });

  it('measures how soon bookings succeed after a process was killed', async () => {
    const { processes, slowestMs } = await measured('recovery');
    expect(Object.keys(processes)).to.deep.equal(['payment-app']);
    expect(processes['payment-app']?.ms.median).to.equal(slowestMs).and.to.satisfy(isPositive);
  });

  it('makes of it the figures, a row for each measure, and the page', () => {
    const { reasons, ...figures } = figuresOf(measures);
    const withoutPeer = ['hotToPeer', 'peerCartPerSecond'];
    expect(Object.keys(reasons)).to.have.members(withoutPeer);
    for (const [name, value] of Object.entries(figures))
      expect(value, name).to.satisfy(withoutPeer.includes(name) ? (it: unknown) => it === null : isPositive);
    const names = MEASURES.map(({ name }) => name).filter((name) => name !== 'peer');
    expect(sectionsOf(measures).map(({ measure }) => measure)).to.have.members(names);

    const docs = mkdtempSync(path.join(tmpdir(), 'kursi-bench-docs-'));
    try {
      writeFileSync(path.join(docs, 'benchmarks.md'), readFileSync('docs/benchmarks.md'));
      const report = { at: new Date().toISOString(), machine: machineFacts(), seed: 1, rounds: 1, seconds: 1 };
      const written = drawPage({ ...report, memoryMb: { idle: memoryMb, after: { all: memoryMb } }, measures }, docs);
      expect(written.map((file) => path.relative(docs, file))).to.have.members([
        'benchmarks.md',
        ...['book', 'cpu', 'hot', 'reserve', 'recovery', 'growth', 'growth-waiting'].map(
          (name) => `benchmarks/${name}.svg`,
        ),
      ]);
      const page = readFileSync(path.join(docs, 'benchmarks.md'), 'utf8');
      // The peer's, which npm test does not start.
      expect(page.match(/Not measured/g)).to.have.length(1);
      for (const file of written) expect(readFileSync(file, 'utf8')).to.not.match(/NaN|undefined/);
    } finally {
      rmSync(docs, { recursive: true });
    }
  });
});
