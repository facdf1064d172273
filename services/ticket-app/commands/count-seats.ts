import type { Connection } from 'mongoose';
import { seatModel } from '../models/seat.ts';

export interface SeatCounts {
  total: number;
  /** OPEN and not closed. */
  open: number;
}

/** More events than are looked at within one age; beyond it the counts are simply made again. */
const maxKept = 10_000;

export type CountSeats = ReturnType<typeof createSeatCounts>;

/**
 * Counts the seats of an event, from an index alone; that still grows with the hall (a few ms for 7,000 seats), so a count
 * serves everybody who asks within `maxAgeMs`.
 */
export function createSeatCounts(connection: Connection) {
  const seats = seatModel(connection);
  const kept = new Map<string, { at: number; counts: Promise<SeatCounts> }>();

  async function count(eventId: string): Promise<SeatCounts> {
    const open = { eventId, status: 'OPEN' } as const;
    const [total, allOpen, openButClosed] = await Promise.all([
      seats.countDocuments({ eventId }),
      seats.countDocuments(open),
      // A range, because an equality with null could not be answered from the index.
      seats.countDocuments({ ...open, 'closed.reason': { $gt: '' } }),
    ]);
    return { total, open: allOpen - openButClosed };
  }

  function counts(eventId: string, maxAgeMs: number): Promise<SeatCounts> {
    const known = kept.get(eventId);
    if (known && Date.now() - known.at <= maxAgeMs) return known.counts;
    if (kept.size >= maxKept) kept.clear();
    const entry = { at: Date.now(), counts: count(eventId) };
    kept.set(eventId, entry);
    // A failed count is told to those who wait for it, and not kept.
    entry.counts.catch(() => kept.delete(eventId));
    return entry.counts;
  }

  return { counts, forget: (eventId: string): void => void kept.delete(eventId) };
}
