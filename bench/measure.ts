import type { RemoteSystem } from '../scripts/testing/remote-system.ts';
import { BUYERS_AT_ONCE } from './buyers.ts';

/** How much of everything: a run that counts, a short look, or a test that only wants to see all of it work. */
export interface Sizes {
  /** Before the first round of a measure. */
  warmUpSeconds: number;
  /** Length of a round of calls that are quick: enough for thousands. */
  rateSeconds: number;
  /** Of orders: enough to keep two cores busy, and fewer than client-app turns away. */
  buyersAtOnce: number;
  /** Of an event that orders are measured with: more than are sold in a round. */
  sale: { seats: number; buyers: number };
  /** Its rounds are long: no more than so many. */
  onsale: { buyers: number; seats: number; rounds: number };
  /** Seats of the hall whose map is read. */
  hallSeats: number;
  /** Seats with a queue each: one seat's is one workflow, which does one thing at a time. */
  queues: number;
  /** The processes that are killed, by name. */
  recovery: 'all' | readonly string[];
  /** Seats that come back while somebody waits, each round. */
  promotions: number;
  growth: {
    pastBookings: readonly number[];
    events: number;
    waiting: readonly number[];
    /** Calls of each kind at each size. */
    samples: number;
  };
}

/** What every measure gets: a system that runs, with random failures and limits of the door off. */
export interface Stage {
  system: RemoteSystem;
  /** Rounds that count; each measure warms up before the first. */
  rounds: number;
  /** Length of a round of bookings. */
  seconds: number;
  /** Of whatever is drawn by lot. */
  seed: number;
  sizes: Sizes;
  /** A line for whoever watches. */
  say(line: string): void;
}

export const DEFAULT_SIZES: Sizes = {
  warmUpSeconds: 5,
  rateSeconds: 8,
  buyersAtOnce: BUYERS_AT_ONCE,
  sale: { seats: 6_000, buyers: 1_000 },
  onsale: { buyers: 2_000, seats: 500, rounds: 2 },
  hallSeats: 7_000,
  queues: 20,
  promotions: 15,
  recovery: 'all',
  growth: { pastBookings: [1_000, 10_000, 100_000], events: 100, waiting: [5, 50, 499], samples: 40 },
};

export const QUICK_SIZES: Sizes = {
  warmUpSeconds: 3,
  rateSeconds: 4,
  buyersAtOnce: BUYERS_AT_ONCE,
  sale: { seats: 3_000, buyers: 500 },
  onsale: { buyers: 200, seats: 50, rounds: 1 },
  hallSeats: 7_000,
  queues: 20,
  promotions: 5,
  recovery: 'all',
  growth: { pastBookings: [1_000, 10_000], events: 10, waiting: [5, 50], samples: 10 },
};
