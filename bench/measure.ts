import type { System } from '../scripts/system/system.ts';

/** What every measure gets: a system that runs, with random failures and limits of the door off. */
export interface Stage {
  system: System;
  /** Rounds that count; each measure warms up before the first. */
  rounds: number;
  /** Length of a round that is measured by time. */
  seconds: number;
  /** Of whatever is drawn by lot. */
  seed: number;
  /** A line for whoever watches. */
  say(line: string): void;
}

/** One benchmark. What it returns goes into the report as it is: numbers, with units in their names. */
export interface Measure {
  name: string;
  /** One line for the list of measures. */
  what: string;
  run(stage: Stage): Promise<object>;
}
