import { createHash } from 'node:crypto';
import type { SeatState, SeatStates } from '../models/seat-states.ts';
import { type Row, rowsOf } from './hall.ts';

/**
 * The seats of one event as this process knows them: what the map shows, the stream tells and "best available" chooses
 * from. A hint only: a booking is decided by the seat's own document.
 *
 * Every change of a seat sets `changedAt` by the database's clock, in the same write; there is no second write that could
 * be lost, and no log. A look therefore asks, by an index, for the seats changed since shortly before the last look
 * (`overlapMs`: a write is seen a little after the instant it carries, so two may be seen in the other order), and what
 * is read twice is known already. Whatever becomes visible still later, was removed, or was written while the database's
 * clock was set back or another member of the replica set took over, is found by a look at all seats. That one takes a
 * tenth of a second for a large hall: it is made behind the back of whoever asks (`allEveryMs`), who waits for it only while
 * it goes on, or when the last is four times as old.
 */
export interface LiveSeatsOptions {
  overlapMs: number;
  allEveryMs: number;
}

const waitForAll = 4;

export const liveSeatsDefaults: LiveSeatsOptions = { overlapMs: 2_000, allEveryMs: 15_000 };

export type SeatNews =
  /** These seats look different now. */
  | { kind: 'seats'; seats: readonly SeatState[] }
  /** Seats were added, removed or edited: only the whole map tells. */
  | { kind: 'reload' };

const factsOf = ({ seatId, section, row, number, category, price }: SeatState): string =>
  JSON.stringify([seatId, section, row, number, category, price.amount, price.currency]);

const looksTheSame = (one: SeatState, other: SeatState): boolean =>
  one.status === other.status && (one.closed === null) === (other.closed === null);

/** Equal halls have equal layouts, in every process. */
function layoutOf(seats: Iterable<SeatState>): string {
  const facts = Array.from(seats, factsOf).sort();
  return createHash('sha256').update(facts.join('\n')).digest('base64url').slice(0, 8);
}

export type LiveSeats = ReturnType<typeof createLiveSeats>;

export function createLiveSeats(states: SeatStates, eventId: string, options: LiveSeatsOptions) {
  const known = new Map<string, SeatState>();
  const listeners = new Set<(news: SeatNews) => void>();
  let rows: Row<SeatState>[] = [];
  let layout = '';
  /** By the database's clock: whatever had been written by then is known. */
  let asOf = new Date(0);
  /** The same of the last look that found something to show. */
  let changedAsOf = asOf;
  /** Of this process's clock. */
  let readAt = Number.NEGATIVE_INFINITY;
  let allReadAt = Number.NEGATIVE_INFINITY;
  let imports = -1;
  let revision = 0;

  const tell = (news: SeatNews): void => {
    changedAsOf = asOf;
    revision += 1;
    for (const listener of listeners) listener(news);
  };

  /** Takes over what was read; returns what looks different from before. */
  function learn(read: readonly SeatState[]): SeatState[] {
    return read.filter((seat) => {
      const before = known.get(seat.seatId);
      if (!before) return false;
      const isNews = !looksTheSame(before, seat);
      // In place: the rows hold the same objects.
      Object.assign(before, { status: seat.status, closed: seat.closed, changedAt: seat.changedAt });
      return isNews;
    });
  }

  async function lookAtAll(): Promise<void> {
    const startedAt = performance.now();
    const importsThen = imports;
    const now = await states.now();
    const all = await states.all(eventId);
    const found = layoutOf(all);
    asOf = now;
    if (found === layout) {
      const changed = learn(all);
      if (changed.length > 0) tell({ kind: 'seats', seats: changed });
    } else {
      known.clear();
      for (const seat of all) known.set(seat.seatId, seat);
      rows = rowsOf(known.values());
      layout = found;
      tell({ kind: 'reload' });
    }
    // An import that began meanwhile may have passed this look.
    if (imports !== importsThen) return;
    readAt = startedAt;
    allReadAt = startedAt;
  }

  /** A seat that is new or was edited. */
  const isForeign = (seat: SeatState): boolean => {
    const before = known.get(seat.seatId);
    return !before || factsOf(before) !== factsOf(seat);
  };

  async function lookAtChanges(): Promise<void> {
    const startedAt = performance.now();
    const now = await states.now();
    // The earlier of the two, should the database's clock have been set back.
    const since = new Date(Math.min(asOf.getTime(), now.getTime()) - options.overlapMs);
    const read = await states.since(eventId, since);
    if (read.some(isForeign)) return lookAtAll();
    asOf = now;
    const changed = learn(read);
    if (changed.length > 0) tell({ kind: 'seats', seats: changed });
    readAt = startedAt;
  }

  const isAllOlderThan = (ms: number): boolean => performance.now() - allReadAt > ms;

  let looking: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  function begin(look: () => Promise<void>): Promise<void> {
    looking = look().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  async function start(): Promise<void> {
    next = undefined;
    await begin(isAllOlderThan(waitForAll * options.allEveryMs) ? lookAtAll : lookAtChanges);
    // Looks follow one another. Should this one fail, the next one who asks is told.
    if (isAllOlderThan(options.allEveryMs) && !looking && !next) begin(lookAtAll).catch(() => {});
  }

  /** A look that begins after this call: one that goes on already may have passed the seat in question. */
  function freshLook(): Promise<void> {
    // Asked for already, and about to begin.
    if (next) return next;
    if (!looking) return start();
    next = looking.then(start, start);
    return next;
  }

  return {
    eventId,
    rows: (): readonly Row<SeatState>[] => rows,
    layout: () => layout,
    /** Rises with every change that shows. */
    revision: () => revision,
    asOf: () => asOf,
    changedAsOf: () => changedAsOf,

    /** The seats that were changed at that instant or later, as far as is known. */
    changedSince: (at: Date): SeatState[] => [...known.values()].filter(({ changedAt }) => changedAt >= at),

    /** Sees to it that what is known was read at most `maxAgeMs` ago, and after that many imports of the event. */
    async beAtMost(maxAgeMs: number, importsOfEvent = imports): Promise<void> {
      if (importsOfEvent !== imports) {
        imports = importsOfEvent;
        // Whoever else asks now waits, too.
        readAt = Number.NEGATIVE_INFINITY;
        allReadAt = Number.NEGATIVE_INFINITY;
        await freshLook();
      } else if (performance.now() - readAt > maxAgeMs) await freshLook();
    },

    /** Returns what ends it. */
    listen(listener: (news: SeatNews) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** More events than are looked at within a minute or two; beyond it the one that was not looked at for longest is dropped. */
const maxKept = 60;

export type LiveHalls = ReturnType<typeof createLiveHalls>;

/** The halls that were looked at lately. */
export function createLiveHalls(states: SeatStates, options: LiveSeatsOptions = liveSeatsDefaults) {
  const halls = new Map<string, LiveSeats>();

  return (eventId: string): LiveSeats => {
    const hall = halls.get(eventId) ?? createLiveSeats(states, eventId, options);
    // Put last: a map keeps the order in which its keys came in.
    halls.delete(eventId);
    halls.set(eventId, hall);
    const [oldest] = halls.keys();
    if (halls.size > maxKept && oldest !== undefined) halls.delete(oldest);
    return hall;
  };
}
