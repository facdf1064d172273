import type { Stage } from '../measure.ts';
import { type Latencies, type Summary, summaryOf } from '../statistics.ts';
import { type Load, makeLoad } from './load.ts';

/** Latencies in milliseconds, of each round. */
export interface LatencySummary {
  p50: Summary;
  p95: Summary;
  p99: Summary;
  max: Summary;
}

export interface RateReport {
  connections: number;
  perSecond: Summary;
  /** In milliseconds. */
  latencies: LatencySummary;
}

/** Warms up, then loads round by round; ours and the peer's by the same generator. */
export async function measureRate(
  stage: Pick<Stage, 'rounds' | 'sizes'>,
  load: Omit<Load, 'seconds'>,
): Promise<RateReport> {
  const { warmUpSeconds, rateSeconds } = stage.sizes;
  const rounds = Array.from({ length: stage.rounds }, () => rateSeconds);
  const results = await makeLoad({ ...load, seconds: [warmUpSeconds, ...rounds] });
  return {
    connections: load.connections,
    perSecond: summaryOf(results.map(({ perSecond }) => perSecond)),
    latencies: latencySummaryOf(results.map(({ latencies }) => latencies)),
  };
}

export function latencySummaryOf(rounds: readonly Latencies[]): LatencySummary {
  return {
    p50: summaryOf(rounds.map(({ p50 }) => p50)),
    p95: summaryOf(rounds.map(({ p95 }) => p95)),
    p99: summaryOf(rounds.map(({ p99 }) => p99)),
    max: summaryOf(rounds.map(({ max }) => max)),
  };
}
