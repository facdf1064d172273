import type { Stage } from '../measure.ts';
import { type Latencies, type Summary, summaryOf } from '../statistics.ts';
import { type Load, type LoadResult, makeLoad } from './load.ts';

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

/** Warms up, then loads round by round. `turns` of a peer or of ours: the same generator counts both. */
export async function measureRate(
  stage: Pick<Stage, 'rounds' | 'sizes'>,
  load: Omit<Load, 'seconds'>,
): Promise<RateReport> {
  await makeLoad({ ...load, seconds: stage.sizes.warmUpSeconds });
  const results: LoadResult[] = [];
  while (results.length < stage.rounds) results.push(await makeLoad({ ...load, seconds: stage.sizes.rateSeconds }));
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
