import type { Durations } from './durations.ts';
import type { Suite } from './suites.ts';

/** A test file and what must run before it does. */
export interface TestFile {
  file: string;
  needs: Suite['needs'];
}

/** One that takes files: which it takes first, and whether it may take those that need a system. */
interface Taker {
  first: 'system' | 'others';
  /** It runs a system already, or starts one however little is left for it. */
  hasSystem: boolean;
}

/**
 * Seconds that the longest files take, where no run of before tells: they wait for limits of a minute, or for crashes to be
 * noticed. Nothing depends on it but the order.
 */
export const KNOWN_LONG: Durations = {
  'test/e2e/waitlist-growth.test.ts': 130,
  'test/e2e/cancellation-crashes.test.ts': 115,
  'test/e2e/waitlist-crashes.test.ts': 115,
  'test/e2e/postman.test.ts': 105,
  'test/e2e/waitlist-races.test.ts': 85,
  'test/e2e/crashes.test.ts': 85,
  'test/e2e/chaos.test.ts': 90,
  'test/e2e/races.test.ts': 80,
  'test/e2e/event-cancellation.test.ts': 80,
  'test/e2e/reliability.test.ts': 75,
  'test/e2e/waitlist-fairness.test.ts': 75,
  'test/e2e/waitlist-keeps-place.test.ts': 70,
  'workflows/booking/booking.workflow.test.ts': 60,
  'test/e2e/tracing.test.ts': 55,
  'test/e2e/bench.test.ts': 45,
  'test/e2e/demo.test.ts': 55,
  'test/e2e/gate.test.ts': 50,
  'test/e2e/secret-rotation.test.ts': 50,
  'services/payment-app/main.test.ts': 40,
  'services/ticket-app/routes/seat-import.test.ts': 40,
  'test/e2e/best-available.test.ts': 40,
  'test/e2e/waitlist-quiet.test.ts': 30,
  'test/e2e/temporal-away.test.ts': 30,
  'activities/organizers/contract.test.ts': 25,
  'workflows/booking/orphaned-booking.workflow.test.ts': 25,
  'test/e2e/cancellation.test.ts': 25,
  'services/organizer-systems/models/holds.test.ts': 25,
  'scripts/containers/built.test.ts': 25,
  'test/e2e/kursi-hold.test.ts': 25,
};
/** For a file that has never run. */
const USUAL_SECONDS = { system: 15, engines: 2, nothing: 10 } as const satisfies Record<Suite['needs'], number>;

/** A lane more costs the start of a system, 20 s of the processors: it must be worth it. */
const WORTH_A_LANE_SECONDS = 120;

/**
 * Which test file runs next. Lanes take one file after the other, so that all end at about the same time, and the longest go
 * first, so that none of them begins last. The same files and durations always give the same order.
 */
export class Schedule {
  readonly #seconds: (file: TestFile) => number;
  readonly #system: TestFile[];
  readonly #others: TestFile[];

  /** `known` are the durations of a run before. */
  constructor(files: readonly TestFile[], known: Durations = {}) {
    this.#seconds = ({ file, needs }) => known[file] ?? KNOWN_LONG[file] ?? USUAL_SECONDS[needs];
    const longestFirst = files.toSorted((a, b) => this.#seconds(b) - this.#seconds(a) || a.file.localeCompare(b.file));
    this.#system = longestFirst.filter(({ needs }) => needs === 'system');
    this.#others = longestFirst.filter(({ needs }) => needs !== 'system');
  }

  get left(): number {
    return this.#system.length + this.#others.length;
  }

  /** How many lanes the work is worth, `most` at most. */
  lanes(most: number): number {
    const wanted = Math.ceil(this.#work([...this.#system, ...this.#others]) / WORTH_A_LANE_SECONDS);
    return Math.max(1, Math.min(most, wanted));
  }

  /** The next file; undefined when nothing is left for this one. */
  next({ first, hasSystem }: Taker): TestFile | undefined {
    if (first === 'system') return this.#system.shift() ?? this.#others.shift();
    const other = this.#others.shift();
    if (other !== undefined) return other;
    return hasSystem || this.#work(this.#system) > WORTH_A_LANE_SECONDS ? this.#system.shift() : undefined;
  }

  #work(files: TestFile[]): number {
    return files.reduce((sum, file) => sum + this.#seconds(file), 0);
  }
}
