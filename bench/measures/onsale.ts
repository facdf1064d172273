import { limits } from '../../lib/contracts/limits.ts';
import { databaseOf } from '../../test/e2e/databases.ts';
import { waitUntil } from '../../test/wait-until.ts';
import { closedLoop } from '../buyers.ts';
import { type BuyerStory, unleash } from '../crowd/crowd.ts';
import { type LatencySummary, latencySummaryOf } from '../load/rounds.ts';
import type { Stage } from '../measure.ts';
import { confirmedOf, newSale } from '../sale.ts';
import { type Latencies, latenciesOf, percentile, rounded, type Summary, summaryOf } from '../statistics.ts';

const DRAIN_MS = 120_000;
const QUARTERS = 4;
/** 500 seats at two a second, a fifth of what two busy cores sell, and then some. */
const PATIENCE_MS = 300_000;

interface OnsaleRound {
  soldOutSeconds: number;
  triesOfWinners: Latencies;
  refused: Latencies;
  turnedAway: Latencies;
  /** Share of the winners who came in the first, second, third and last quarter; 0.25 each is fair. */
  winnersByArrival: number[];
  waitOfWinners: Latencies;
}

/** All at once at a client-app whose gate is as in production. */
export interface OnsaleReport {
  buyers: number;
  seats: number;
  soldOutSeconds: Summary;
  /** Answers and ends that are neither a ticket nor a refusal; seats that nobody got; seats that two got. */
  errors: number;
  unsold: number;
  soldTwice: number;
  /** How often each kind of error. */
  errorKinds: Record<string, number>;
  /** Bookings that ended since somebody did not answer in time, after which the buyer asked for another seat. */
  outOfTime: number;
  /** "Taken", in milliseconds. */
  refused: LatencySummary & { answers: number };
  /** 429 and 503 with Retry-After, which is obeyed. */
  turnedAway: LatencySummary & { answers: number };
  /** Seats asked for by those who got one, and by all. */
  triesOfWinners: { p50: number; max: number };
  /** From the start of the sale until the payment was taken, in milliseconds. */
  waitOfWinners: LatencySummary;
  winnersByArrival: number[];
}

export async function measureOnsale(stage: Stage): Promise<OnsaleReport> {
  const { onsale, sale, buyersAtOnce, warmUpSeconds } = stage.sizes;
  const { system } = stage;
  await system.restart('client-app', {
    SLOW_CALL_MS: String(limits.slowCallMs),
    CALLS_IN_FLIGHT: String(limits.callsInFlight),
  });
  try {
    await closedLoop(await newSale(sale), buyersAtOnce / 2, warmUpSeconds);
    const rounds: OnsaleRound[] = [];
    const faults: Faults = { errors: 0, errorKinds: {}, outOfTime: 0, unsold: 0, soldTwice: 0 };
    const wanted = Math.min(stage.rounds, onsale.rounds);
    while (rounds.length < wanted) rounds.push(await round(stage, rounds.length, faults));
    return reportOf(stage, rounds, faults);
  } finally {
    await system.restart('client-app');
  }
}

type Faults = Pick<OnsaleReport, 'errors' | 'errorKinds' | 'outOfTime' | 'unsold' | 'soldTwice'>;

async function round({ sizes, system, seed, say }: Stage, n: number, faults: Faults): Promise<OnsaleRound> {
  const { buyers, seats } = sizes.onsale;
  const sale = await newSale({ seats, buyers });
  const { eventId, clientApp } = sale;
  const seatIds = Array.from({ length: seats }, () => sale.nextSeats()).flat();
  const tokens = sale.buyers.map(({ token }) => token);
  const place = { clientApp, paymentApp: system.urls.paymentApp, eventId };
  const { stories, refusedMs, turnedAwayMs } = await unleash({
    ...place,
    seatIds,
    tokens,
    seed: seed + n,
    patienceMs: PATIENCE_MS,
  });
  const failed = stories.filter(({ outcome }) => outcome === 'error');
  const winners = stories.filter(({ outcome }) => outcome === 'bought');
  await waitUntil('the last ticket', async () => (await confirmedOf(eventId)) >= winners.length, DRAIN_MS);
  const { unsold, soldTwice } = await seatsAfter(eventId);
  faults.errors += failed.length;
  for (const { error = 'unknown' } of failed) faults.errorKinds[error] = (faults.errorKinds[error] ?? 0) + 1;
  faults.outOfTime += stories.reduce((sum, { outOfTime }) => sum + outOfTime, 0);
  faults.unsold += unsold;
  faults.soldTwice += soldTwice;
  const waits = winners.map(({ endedMs }) => endedMs);
  const soldOutSeconds = rounded(Math.max(0, ...waits) / 1_000);
  say(
    `  round ${n + 1}: ${winners.length} bought one of ${seats} seats, the last after ${soldOutSeconds} s; ${failed.length} errors`,
  );
  return {
    soldOutSeconds,
    triesOfWinners: latenciesOf(winners.map(({ tries }) => tries)),
    refused: latenciesOf(refusedMs),
    turnedAway: latenciesOf(turnedAwayMs),
    winnersByArrival: sharesByArrival(stories),
    waitOfWinners: latenciesOf(waits),
  };
}

/** Looked up in the databases: what the seats say, and what the tickets' bookings say. */
async function seatsAfter(eventId: string): Promise<{ unsold: number; soldTwice: number }> {
  const database = await databaseOf('ticket-app');
  const unsold = await database.collection('seats').countDocuments({ eventId, status: { $ne: 'BOOKED' } });
  const sold = await database.collection('bookings').find({ eventId, status: 'CONFIRMED' }).toArray();
  const seatIds = sold.flatMap((booking) => booking.seatIds as string[]);
  return { unsold, soldTwice: seatIds.length - new Set(seatIds).size };
}

function sharesByArrival(stories: readonly BuyerStory[]): number[] {
  const winners = stories.filter(({ outcome }) => outcome === 'bought').length;
  return Array.from({ length: QUARTERS }, (_, quarter) => {
    const part = stories.slice((stories.length * quarter) / QUARTERS, (stories.length * (quarter + 1)) / QUARTERS);
    return rounded(part.filter(({ outcome }) => outcome === 'bought').length / Math.max(1, winners));
  });
}

function reportOf({ sizes }: Stage, rounds: readonly OnsaleRound[], faults: Faults): OnsaleReport {
  const answers = (of: readonly Latencies[]) => ({
    ...latencySummaryOf(of),
    answers: of.reduce((sum, { count }) => sum + count, 0),
  });
  const tries = rounds.map(({ triesOfWinners }) => triesOfWinners);
  const middle = (values: number[]) =>
    percentile(
      values.sort((a, b) => a - b),
      0.5,
    );
  return {
    buyers: sizes.onsale.buyers,
    seats: sizes.onsale.seats,
    soldOutSeconds: summaryOf(rounds.map(({ soldOutSeconds }) => soldOutSeconds)),
    ...faults,
    refused: answers(rounds.map(({ refused }) => refused)),
    turnedAway: answers(rounds.map(({ turnedAway }) => turnedAway)),
    triesOfWinners: { p50: middle(tries.map(({ p50 }) => p50)), max: Math.max(...tries.map(({ max }) => max)) },
    waitOfWinners: latencySummaryOf(rounds.map(({ waitOfWinners }) => waitOfWinners)),
    winnersByArrival: Array.from({ length: QUARTERS }, (_, quarter) =>
      middle(rounds.map(({ winnersByArrival }) => winnersByArrival[quarter] ?? 0)),
    ),
  };
}
