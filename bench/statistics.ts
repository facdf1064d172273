/** Milliseconds, or whatever the values are: the middle and the spread of several rounds. */
export interface Summary {
  median: number;
  min: number;
  max: number;
  rounds: number[];
}

/** Two decimals tell more than the noise of any machine. */
export const rounded = (value: number): number => Math.round(value * 100) / 100;

export function summaryOf(rounds: readonly number[]): Summary {
  const sorted = [...rounds].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? Number.NaN)) / 2;
  return {
    median: rounded(median),
    min: rounded(sorted[0] ?? Number.NaN),
    max: rounded(sorted.at(-1) ?? Number.NaN),
    rounds: rounds.map(rounded),
  };
}

/** The value below which a share of the sorted values lies (nearest rank); NaN of nothing. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export interface Latencies {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** In milliseconds, as measured by the caller. */
export function latenciesOf(ms: readonly number[]): Latencies {
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (share: number) => rounded(percentile(sorted, share));
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
