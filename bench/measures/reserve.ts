import { closeTemporal } from '../../test/e2e/temporal-stage.ts';
import { waitUntil } from '../../test/wait-until.ts';
import { type Attempt, buy, openLoop, paidOf, type Sale } from '../buyers.ts';
import { type LatencySummary, latencySummaryOf } from '../load/rounds.ts';
import type { Stage } from '../measure.ts';
import { capacityOf, confirmedOf, newSale, untilTicket } from '../sale.ts';
import { type Latencies, latenciesOf, rounded } from '../statistics.ts';
import { type Span, spansOf } from './reserve-spans.ts';

const DRAIN_MS = 60_000;
/** Of the orders a second that the warm-up could sell: a busy system that nobody waits in line for. */
const LOADED_SHARE = 0.5;
/** Of a hall, that do not count. */
const FIRST_ORDERS = 3;
/** Histories that are read after a round. */
const MOST_SPANS = 40;

/** The booking call alone, from the request to the payment URL: seats claimed, held at the organizer, invoice made. */
export interface ReserveReport {
  /** One booking at a time, the one before sold and its ticket sent. */
  idle: LatencySummary & { calls: number };
  /** Where the time of the idle ones of the last round went. */
  spans: Span[];
  /** Bookings that come at half the rate which the system can sell, whatever becomes of those before. */
  loaded: LatencySummary & { calls: number; perSecond: number };
}

export async function measureReserve(stage: Stage): Promise<ReserveReport> {
  const perSecond = Math.max(1, (await capacityOf(stage)) * LOADED_SHARE);
  const idle: Latencies[] = [];
  const loaded: Latencies[] = [];
  let spans: Span[] = [];
  while (idle.length < stage.rounds) {
    const alone = await oneAtATime(await newSale(stage.sizes.sale), stage.seconds);
    idle.push(callsOf(alone));
    spans = await spansOf(alone.slice(-MOST_SPANS)).finally(closeTemporal);
    const sale = await newSale(stage.sizes.sale);
    const attempts = await openLoop(sale, perSecond, stage.seconds);
    const sold = paidOf(attempts);
    await waitUntil('the tickets', async () => (await confirmedOf(sale.eventId, 'client-app')) >= sold, DRAIN_MS);
    loaded.push(callsOf(attempts));
    stage.say(`  round ${idle.length}: idle p50 ${idle.at(-1)?.p50} ms, loaded p50 ${loaded.at(-1)?.p50} ms`);
  }
  const calls = (rounds: readonly Latencies[]) => rounds.reduce((sum, { count }) => sum + count, 0);
  return {
    idle: { ...latencySummaryOf(idle), calls: calls(idle) },
    spans,
    loaded: { ...latencySummaryOf(loaded), calls: calls(loaded), perSecond: rounded(perSecond) },
  };
}

async function oneAtATime(sale: Sale, seconds: number): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  const sell = async () => {
    attempts.push(await buy(sale, attempts.length + 1));
    paidOf(attempts);
    await untilTicket(attempts.at(-1)?.bookingId);
  };
  // What a hall needs once, and the import of its seats, are not an idle system's.
  while (attempts.length < FIRST_ORDERS) await sell();
  const until = performance.now() + seconds * 1_000;
  do await sell();
  while (performance.now() < until);
  return attempts.slice(FIRST_ORDERS);
}

const callsOf = (attempts: readonly Attempt[]) => latenciesOf(attempts.map(({ ms }) => ms));
