import { closeTemporal, costOf, runs } from '../../test/e2e/temporal-stage.ts';
import { waitUntil } from '../../test/wait-until.ts';
import { bookingWorkflowId } from '../../workflows/booking/booking.messages.ts';
import { closedLoop, paidOf } from '../buyers.ts';
import type { Stage } from '../measure.ts';
import { cpuMsEach, usageOfAll } from '../processes.ts';
import { aConfirmedBooking, confirmedOf, newSale } from '../sale.ts';
import { rounded, type Summary, summaryOf } from '../statistics.ts';
import { type BareReport, type BareRound, bareReport, startBare } from './bare.ts';

const DRAIN_MS = 120_000;

interface BookRound {
  /** Orders a second, from the first call until the last buyer has the ticket. */
  perSecond: number;
  orders: number;
  cpuMsPerOrder: Record<string, number>;
  eventId: string;
}

export interface BookReport {
  bare: BareReport;
  ordersPerSecond: Summary;
  ordersPerMinute: Summary;
  bookToBare: Summary;
  /** With orders of four seats. */
  seatsPerSecond4: Summary;
  /** Of each round, orders of one seat and of four. */
  orders: number[][];
  /** Of one of the bookings of one seat, as Temporal tells. */
  historyEvents: number;
  workflowTasks: number;
  /** Of the last round, by process. */
  cpuMsPerOrder: Record<string, number>;
  cpuMsPerOrderOf4: Record<string, number>;
}

/** Whole bookings through client-app, against the ceiling: each round measures both, one after the other. */
export async function measureBook(stage: Stage): Promise<BookReport> {
  const { seconds, sizes } = stage;
  const bare = await startBare(stage);
  try {
    await bare.round(sizes.buyersAtOnce, sizes.warmUpSeconds);
    await round(stage, 1, sizes.warmUpSeconds);
    const measured: Array<{ bare: BareRound; one: BookRound; four: BookRound }> = [];
    while (measured.length < stage.rounds) {
      const result = {
        bare: await bare.round(sizes.buyersAtOnce, seconds),
        one: await round(stage, 1, seconds),
        four: await round(stage, 4, seconds),
      };
      measured.push(result);
      stage.say(
        `  round ${measured.length}: bare ${rounded(result.bare.perSecond)} a second, orders of one seat ` +
          `${rounded(result.one.perSecond)}, of four ${rounded(result.four.perSecond)}`,
      );
    }
    return await reportOf(measured, await bare.round(2 * sizes.buyersAtOnce, seconds));
  } finally {
    await bare.close();
    await closeTemporal();
  }
}

async function round({ system, sizes }: Stage, seatsPerOrder: number, seconds: number): Promise<BookRound> {
  const sale = await newSale({ ...sizes.sale, seatsPerOrder });
  const before = await usageOfAll(system);
  const startedAt = performance.now();
  const orders = paidOf(await closedLoop(sale, sizes.buyersAtOnce, seconds));
  const { eventId } = sale;
  await waitUntil('the last ticket', async () => (await confirmedOf(eventId, 'client-app')) >= orders, DRAIN_MS);
  const perSecond = (orders * 1_000) / (performance.now() - startedAt);
  return { perSecond, orders, eventId, cpuMsPerOrder: cpuMsEach(before, await usageOfAll(system), orders) };
}

async function reportOf(
  rounds: ReadonlyArray<{ bare: BareRound; one: BookRound; four: BookRound }>,
  doubled: BareRound,
): Promise<BookReport> {
  const last = rounds.at(-1);
  const { events, tasks } = await costOfOne(last?.one.eventId ?? '');
  return {
    bare: bareReport(
      rounds.map(({ bare }) => bare),
      doubled,
    ),
    ordersPerSecond: summaryOf(rounds.map(({ one }) => one.perSecond)),
    ordersPerMinute: summaryOf(rounds.map(({ one }) => one.perSecond * 60)),
    bookToBare: summaryOf(rounds.map(({ bare, one }) => one.perSecond / bare.perSecond)),
    seatsPerSecond4: summaryOf(rounds.map(({ four }) => four.perSecond * 4)),
    orders: rounds.map(({ one, four }) => [one.orders, four.orders]),
    historyEvents: events,
    workflowTasks: tasks,
    cpuMsPerOrder: last?.one.cpuMsPerOrder ?? {},
    cpuMsPerOrderOf4: last?.four.cpuMsPerOrder ?? {},
  };
}

/** The history of a booking that has ended. */
async function costOfOne(eventId: string) {
  const workflowId = bookingWorkflowId((await aConfirmedBooking(eventId)).bookingId);
  await waitUntil('the workflow of a booking to end', async () => !(await runs(workflowId)));
  return costOf(workflowId);
}
