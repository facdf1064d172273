import { createHash } from 'node:crypto';
import { piecesOf, type Row } from './hall.ts';

export interface Choosable {
  seatId: string;
  number: string;
  category: string;
  isFree: boolean;
}

export interface Wish {
  category: string;
  /** How many, side by side. */
  seats: number;
  /** The same seed on the same hall chooses the same seats. */
  seed: string;
}

export type Choice =
  | { outcome: 'chosen'; seatIds: string[] }
  /** The largest group of the category that is free side by side. */
  | { outcome: 'not_enough'; largest: number };

interface Candidate {
  /** Of this run of free seats, those from here on. */
  run: readonly Choosable[];
  at: number;
  /** Single free seats that it would leave behind, and that were not single before. */
  orphans: number;
  /** Seat widths from the middle of the front row. */
  distance: number;
}

/** The next row is about as far away as the second seat to the side. */
const rowInSeats = 2;
/** Whoever is this much further away sits equally well. It spreads those who choose at the same time over some rows. */
const equallyGood = 6;

/** Free seats side by side: a single one is an orphan, for few people go out alone. */
function* freeRuns(row: Row<Choosable>): Generator<Choosable[]> {
  for (const piece of piecesOf(row.seats)) {
    let run: Choosable[] = [];
    for (const seat of piece) {
      if (seat.isFree) run.push(seat);
      else if (run.length > 0) {
        yield run;
        run = [];
      }
    }
    if (run.length > 0) yield run;
  }
}

/** Where in a run of free seats the category's own are, as [from, to). */
function* partsOf(run: readonly Choosable[], category: string): Generator<[from: number, to: number]> {
  let from = 0;
  for (let to = 0; to <= run.length; to += 1) {
    if (to < run.length && run[to]?.category === category) continue;
    if (to > from) yield [from, to];
    from = to + 1;
  }
}

/** Every way to take `wish.seats` of a row side by side. */
function candidatesIn(row: Row<Choosable>, wish: Wish): { candidates: Candidate[]; largest: number } {
  const candidates: Candidate[] = [];
  const positions = new Map<Choosable | undefined, number>(row.seats.map((seat, i) => [seat, i]));
  const middle = (row.seats.length - 1) / 2;
  let largest = 0;
  for (const run of freeRuns(row)) {
    const begin = positions.get(run[0]) ?? 0;
    for (const [from, to] of partsOf(run, wish.category)) {
      largest = Math.max(largest, to - from);
      for (let at = from; at + wish.seats <= to; at += 1) {
        const [left, right] = [at, run.length - at - wish.seats];
        const aside = begin + at + (wish.seats - 1) / 2 - middle;
        candidates.push({
          run,
          at,
          orphans: Number(left === 1) + Number(right === 1),
          distance: Math.hypot(row.fromFront * rowInSeats, aside),
        });
      }
    }
  }
  return { candidates, largest };
}

/** A number from 0 up to, but not including, `below`. */
const drawn = (seed: string, below: number): number =>
  createHash('sha256').update(seed).digest().readUInt32BE() % below;

/**
 * Seats side by side, of one category and row, which leave no single seat behind where that can be avoided; among those
 * that do not, near the middle of the front. One of the equally good ones is drawn by the seed, so that people who choose
 * at the same time do not all choose the same. Takes time linear in the seats of the hall.
 */
export function bestAvailable(rows: readonly Row<Choosable>[], wish: Wish): Choice {
  const found = rows.map((row) => candidatesIn(row, wish));
  const candidates = found.flatMap((one) => one.candidates);
  if (candidates.length === 0) {
    return { outcome: 'not_enough', largest: found.reduce((most, { largest }) => Math.max(most, largest), 0) };
  }
  const fewest = candidates.reduce((least, { orphans }) => Math.min(least, orphans), 2);
  const clean = candidates.filter(({ orphans }) => orphans === fewest);
  const nearest = clean.reduce((least, { distance }) => Math.min(least, distance), Number.POSITIVE_INFINITY);
  const good = clean.filter(({ distance }) => distance <= nearest + equallyGood);
  const chosen = good[drawn(wish.seed, good.length)] ?? good[0];
  const seats = chosen ? chosen.run.slice(chosen.at, chosen.at + wish.seats) : [];
  return { outcome: 'chosen', seatIds: seats.map(({ seatId }) => seatId) };
}
