import { askChild } from '../child.ts';
import type { Latencies } from '../statistics.ts';

/**
 * One HTTP request. In path, headers and body `<n>` is the number of the turn, `<id>` a UUID of the turn's own, and `<name>` the
 * value of that name, by turns.
 */
export interface Step {
  method?: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** What every answer must be; `body` is a part of it. */
  expect: { status: number; body?: string };
}

/** As many turns as there is time for, on so many connections; a turn is all steps, one after the other. */
export interface Load {
  url: string;
  connections: number;
  /** Of the rounds one after the other; the first is the warm-up, which does not count. */
  seconds: readonly [warmUp: number, ...rounds: number[]];
  steps: readonly Step[];
  values?: Record<string, readonly string[]>;
}

export interface LoadResult {
  /** Turns of which every answer was the expected one. */
  turns: number;
  perSecond: number;
  /** Answers that were not the expected one, and requests without an answer. */
  wrong: number;
  firstWrong?: string;
  /** Of turns, in milliseconds. */
  latencies: Latencies;
}

/** Makes the load in a process of its own. @throws when an answer was not the expected one: then nothing was measured. */
export async function makeLoad(load: Load): Promise<LoadResult[]> {
  const results = (await askChild(new URL('./generator.ts', import.meta.url), load)) as LoadResult[];
  for (const { wrong, firstWrong, turns } of results) {
    if (wrong > 0) throw new Error(`${wrong} answers were not as expected, the first: ${firstWrong}`);
    if (turns === 0) throw new Error(`Nothing was answered by ${load.url} in a whole round.`);
  }
  return results.slice(1);
}
