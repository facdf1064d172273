import { newId } from '../../lib/ids.ts';
import { book, people } from '../e2e/stage.ts';
import type { Recorder } from '../race/recorder.ts';
import type { Load } from './load.ts';
import { wordingOf } from './nemesis.ts';
import type { Fault } from './schedule.ts';
import { untilBooked } from './until-booked.ts';

/** How long it took after a strike until a booking succeeded again. */
export interface Recovered {
  faults: string[];
  /** The process, if all that was done was to kill this one. */
  killed?: string;
  /**
   * From the instant at which the last fault was undone (a killed process: its new one begins to start; a link: it passes
   * again) to the answer 201 of the first booking that was asked for after it. Null: none in time.
   */
  ms: number | null;
  /** How much of it went by until every process that was killed said that it was ready. */
  readyMs: number;
}

const asking = { everyMs: 250, atOnce: 5 };
const patienceMs = 30_000;
const hallSeats = 500;

/** Asks, after each strike, for seats that nobody else wants, until one is sold: so it measures the way through everything. */
export class Recovery {
  readonly all: Recovered[] = [];
  readonly #load: Load;
  readonly #recorder: Recorder;
  #eventIds: string[] = [];
  #seat = 0;
  readonly #calls = new Set<Promise<void>>();

  constructor(load: Load, recorder: Recorder) {
    this.#load = load;
    this.#recorder = recorder;
  }

  /** Makes the events, one at each organizer's. */
  async begin(): Promise<void> {
    this.#eventIds = await Promise.all(
      (['x', 'y'] as const).map((organizer) => this.#load.event({ seats: hallSeats, organizer, holdSeconds: 5 })),
    );
  }

  /** Resolves when a booking has succeeded; `ready`, when every process is. */
  async after(faults: readonly Fault[], healedAt: number, ready: Promise<void>): Promise<void> {
    const [first] = faults;
    const killed = faults.length === 1 && first?.kind === 'kill' ? first.process : undefined;
    const readyAt = ready.then(() => Date.now());
    const soldAt = await this.#untilSold(this.#eventIds[killed === 'organizer-y' ? 1 : 0] ?? '');
    const ms = soldAt === undefined ? null : soldAt - healedAt;
    const readyMs = (await readyAt) - healedAt;
    this.all.push({ faults: faults.map(wordingOf), ...(killed !== undefined && { killed }), ms, readyMs });
  }

  /** Resolves when everybody who has asked knows the answer. */
  async over(): Promise<void> {
    await Promise.all(this.#calls);
  }

  #untilSold(eventId: string): Promise<number | undefined> {
    const ask = async () => {
      this.#seat = (this.#seat % hallSeats) + 1;
      const seatIds = [`A-1-${this.#seat}`];
      const [buyer] = await people(1);
      if (!buyer) return undefined;
      const key = newId();
      const { status } =
        (await this.#recorder.ask(buyer.userId, { do: 'book', key, eventId, seatIds }, () =>
          book(buyer, eventId, seatIds, key),
        )) ?? {};
      return status === 201 ? Date.now() : undefined;
    };
    return untilBooked(ask, { ...asking, patienceMs, calls: this.#calls });
  }
}

/** From the instant at which every process was ready, 0 if it was sold before; null: no booking succeeded in time. */
export const sinceReady = ({ ms, readyMs }: Recovered): number | null =>
  ms === null ? null : Math.max(0, ms - readyMs);

/** The slowest of those after the kill of one process, in milliseconds; null: none was killed alone. */
export function slowestAfterKills(all: readonly Recovered[]) {
  const kills = all.filter(({ killed }) => killed !== undefined);
  // No booking in time is at least as slow as that.
  const slowest = (of: (one: Recovered) => number | null) =>
    kills.length > 0 ? Math.max(...kills.map((one) => of(one) ?? patienceMs)) : null;
  return { slowestRecoveryMs: slowest(({ ms }) => ms), slowestRecoverySinceReadyMs: slowest(sinceReady) };
}
