import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Seconds by test file. */
export type Durations = Record<string, number>;

const fileIn = (dir: string): string => path.join(dir, 'durations.json');

/** What the last runs in this folder took; empty when there was none. */
export function readDurations(dir: string): Durations {
  try {
    return JSON.parse(readFileSync(fileIn(dir), 'utf8')) as Durations;
  } catch {
    return {};
  }
}

/** Slowest first, for people who read it. */
export function writeDurations(dir: string, durations: Durations): void {
  mkdirSync(dir, { recursive: true });
  const entries = slowestFirst(durations).map(([file, seconds]) => [file, Math.round(seconds * 10) / 10]);
  writeFileSync(fileIn(dir), `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
}

/** The slowest files, a line each. */
export function slowestFiles(durations: Durations, count: number): string[] {
  const slowest = slowestFirst(durations).slice(0, count);
  return slowest.map(([file, seconds]) => `${seconds.toFixed(1).padStart(7)} s  ${file}`);
}

function slowestFirst(durations: Durations): Array<[string, number]> {
  return Object.entries(durations).sort(([a, x], [b, y]) => y - x || a.localeCompare(b));
}
