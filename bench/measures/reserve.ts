import { waitUntil } from '../../test/wait-until.ts';
import { type Attempt, BUYERS_AT_ONCE, buy, closedLoop, openLoop, paidOf, type Sale } from '../buyers.ts';
import { type LatencySummary, latencySummaryOf } from '../load/rounds.ts';
import type { Stage } from '../measure.ts';
import { confirmedOf, newSale } from '../sale.ts';
import { type Latencies, latenciesOf, rounded } from '../statistics.ts';

const DRAIN_MS = 60_000;
/** Of the orders a second that the warm-up could sell: a busy system that nobody waits in line for. */
const LOADED_SHARE = 0.5;

/** The booking call alone, from the request to the payment URL: seats claimed, held at the organizer, invoice made. */
export interface ReserveReport {
  /** One booking at a time, the one before sold and its ticket sent. */
  idle: LatencySummary & { calls: number };
  /** Bookings that come at half the rate which the system can sell, whatever becomes of those before. */
  loaded: LatencySummary & { calls: number; perSecond: number };
}

export async function measureReserve(stage: Stage): Promise<ReserveReport> {
  const perSecond = Math.max(1, (await capacityOf(stage)) * LOADED_SHARE);
  const idle: Latencies[] = [];
  const loaded: Latencies[] = [];
  while (idle.length < stage.rounds) {
    idle.push(callsOf(await oneAtATime(await newSale(stage.sizes.sale), stage.seconds)));
    const sale = await newSale(stage.sizes.sale);
    const attempts = await openLoop(sale, perSecond, stage.seconds);
    await untilSold(sale, paidOf(attempts));
    loaded.push(callsOf(attempts));
    stage.say(`  round ${idle.length}: idle p50 ${idle.at(-1)?.p50} ms, loaded p50 ${loaded.at(-1)?.p50} ms`);
  }
  const calls = (rounds: readonly Latencies[]) => rounds.reduce((sum, { count }) => sum + count, 0);
  return {
    idle: { ...latencySummaryOf(idle), calls: calls(idle) },
    loaded: { ...latencySummaryOf(loaded), calls: calls(loaded), perSecond: rounded(perSecond) },
  };
}

/** Orders a second, after a warm-up of the same length. */
async function capacityOf({ sizes }: Stage): Promise<number> {
  const sale = await newSale(sizes.sale);
  await closedLoop(sale, BUYERS_AT_ONCE, sizes.warmUpSeconds);
  const startedAt = performance.now();
  const before = await confirmedOf(sale.eventId);
  await closedLoop({ ...sale, round: 'capacity' }, BUYERS_AT_ONCE, sizes.warmUpSeconds);
  return ((await confirmedOf(sale.eventId)) - before) / ((performance.now() - startedAt) / 1_000);
}

async function oneAtATime(sale: Sale, seconds: number): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  const until = performance.now() + seconds * 1_000;
  while (performance.now() < until) {
    attempts.push(await buy(sale, attempts.length + 1));
    await untilSold(sale, paidOf(attempts));
  }
  return attempts;
}

async function untilSold({ eventId }: Sale, count: number): Promise<void> {
  await waitUntil('the tickets', async () => (await confirmedOf(eventId, 'client-app')) >= count, DRAIN_MS);
}

const callsOf = (attempts: readonly Attempt[]) => latenciesOf(attempts.map(({ ms }) => ms));
