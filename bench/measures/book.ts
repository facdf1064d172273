import { waitUntil } from '../../test/wait-until.ts';
import { type Attempt, closedLoop } from '../buyers.ts';
import type { Measure, Stage } from '../measure.ts';
import { cpuMsEach, type Usage, usageOfAll } from '../processes.ts';
import { confirmedOf, newSale } from '../sale.ts';
import { rounded, summaryOf } from '../statistics.ts';
import { startBare } from './bare.ts';

/** Enough to keep two cores busy, and fewer than client-app turns away. */
const BUYERS_AT_ONCE = 24;
const WARM_UP_SECONDS = 5;
const DRAIN_MS = 120_000;

interface BookRound {
  /** Orders a second, from the first call until the last buyer has the ticket. */
  perSecond: number;
  orders: number;
  cpuMsPerOrder: Record<string, number>;
}

/** `failed`: attempts that were not sold though nothing stood in their way. */
async function round(stage: Stage, seatsPerOrder: number, seconds: number): Promise<BookRound> {
  const sale = await newSale({ seatsPerOrder });
  const before = usageOfAll(stage.system);
  const startedAt = performance.now();
  const attempts = await closedLoop(sale, BUYERS_AT_ONCE, seconds);
  const paid = paidOf(attempts);
  await waitUntil('the last ticket', async () => (await confirmedOf(sale.eventId, 'client-app')) >= paid, DRAIN_MS);
  const perSecond = (paid * 1_000) / (performance.now() - startedAt);
  const after: Record<string, Usage> = usageOfAll(stage.system);
  return { perSecond, orders: paid, cpuMsPerOrder: cpuMsEach(before, after, paid) };
}

function paidOf(attempts: readonly Attempt[]): number {
  const other = attempts.find(({ outcome }) => outcome !== 'paid');
  if (other) throw new Error(`A booking was ${other.outcome}: ${other.status} ${other.code ?? ''}`);
  return attempts.length;
}

/** Whole bookings through client-app, against the ceiling: each round measures both, one after the other. */
export const book: Measure = {
  name: 'book',
  what: 'whole bookings, paid and confirmed, against the least possible workflow',
  async run(stage) {
    const { rounds, seconds, say } = stage;
    const bare = await startBare(stage);
    try {
      await bare.round(BUYERS_AT_ONCE, WARM_UP_SECONDS);
      await round(stage, 1, WARM_UP_SECONDS);
      const measured: Array<{ bare: number; one: BookRound; four: BookRound }> = [];
      for (let n = 1; n <= rounds; n += 1) {
        const result = {
          bare: await bare.round(BUYERS_AT_ONCE, seconds),
          one: await round(stage, 1, seconds),
          four: await round(stage, 4, seconds),
        };
        measured.push(result);
        say(
          `  round ${n}: bare ${rounded(result.bare)} a second, orders of one seat ${rounded(result.one.perSecond)}, ` +
            `of four ${rounded(result.four.perSecond)}; ratio ${rounded(result.one.perSecond / result.bare)}`,
        );
      }
      return {
        barePerSecond: summaryOf(measured.map((result) => result.bare)),
        ordersPerSecond: summaryOf(measured.map(({ one }) => one.perSecond)),
        bookToBare: summaryOf(measured.map((result) => result.one.perSecond / result.bare)),
        seatsPerSecond4: summaryOf(measured.map(({ four }) => four.perSecond * 4)),
        orders: measured.map(({ one, four }) => [one.orders, four.orders]),
        cpuMsPerOrder: measured.at(-1)?.one.cpuMsPerOrder,
        cpuMsPerOrderOfFour: measured.at(-1)?.four.cpuMsPerOrder,
      };
    } finally {
      await bare.close();
    }
  },
};
