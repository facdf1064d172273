import type { Model } from './checker.ts';
import type { Rules } from './rules.ts';
import type { Fault, World } from './world.ts';

/** A small world: who is in it, and what may go wrong how often. */
export interface Scenario {
  name: string;
  about: string;
  model(rules: Rules): Model<World>;
}

const noFaults: Readonly<Record<Fault, number>> = {
  late: 0,
  terminated: 0,
  lost: 0,
  outage: 0,
  soldElsewhere: 0,
  closed: 0,
  full: 0,
  givenBack: 0,
  minutes: 0,
};

/** A world in which nothing is, and nothing may go wrong but what is told. `only`: the activities that may be killed or late. */
export const emptyWorld = (
  left: Partial<Record<Fault, number>>,
  { only = [], losesAnswers = true }: { only?: readonly string[]; losesAnswers?: boolean } = {},
): World => ({
  seats: {},
  bookings: {},
  invoices: {},
  holds: {},
  tickets: {},
  runs: {},
  entries: {},
  actors: {},
  people: {},
  late: { attempts: [], only, losesAnswers },
  left: { ...noFaults, ...left },
  verdict: { broken: '' },
});

/** The same part for each name. */
export const each = <T>(names: readonly string[], part: T): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, part]));
