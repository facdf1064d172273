import type { Connection } from 'mongoose';
import type { SeatStatus } from '../../../lib/contracts/seat.ts';
import type { Event } from '../models/event.ts';
import { keeps, sees, type Viewer } from '../models/event-owner.ts';
import { type Seat, seatModel } from '../models/seat.ts';
import type { SettleWork } from './settle-work.ts';

/** What is read of a seat: nothing of its holder. */
export type SeatRow = Pick<Seat, 'seatId' | 'section' | 'row' | 'number' | 'category' | 'price' | 'status' | 'closed'>;

export interface SeatFilter {
  status?: SeatStatus;
  section?: string;
  category?: string;
  /** The last seat of the page before. */
  cursor?: string;
  limit: number;
}

export interface SeatsOfPage {
  seats: SeatRow[];
  /** By whoever looks: they also see why a seat is closed. */
  isKept: boolean;
  nextCursor?: string;
}

const shown = {
  _id: 0,
  seatId: 1,
  section: 1,
  row: 1,
  number: 1,
  category: 1,
  price: 1,
  status: 1,
  closed: 1,
} as const;

export type FindSeats = ReturnType<typeof createFindSeats>;

export function createFindSeats(connection: Connection, settle: SettleWork) {
  const seats = seatModel(connection);

  /** The event, with no committed import of it half done; null if there is none, or a draft that may not be seen. */
  async function settledEvent(eventId: string, viewer: Viewer): Promise<Event | null> {
    const event = await settle.importOf(eventId);
    return event && sees(viewer, event) ? event : null;
  }

  /**
   * Seats by their ids, in index order. An import shows all of its seats or none: a page that was read while one took
   * effect is read again. Null: there is no such event.
   */
  async function page(eventId: string, filter: SeatFilter, viewer: Viewer): Promise<SeatsOfPage | null> {
    for (;;) {
      const before = await settledEvent(eventId, viewer);
      if (!before) return null;
      const rows = await seatQuery(connection, eventId, filter);
      if (!(await settle.isAsItWas(before))) continue;
      const last = rows[filter.limit - 1];
      const isKept = keeps(viewer, before);
      return rows.length > filter.limit && last
        ? { seats: rows.slice(0, filter.limit), isKept, nextCursor: last.seatId }
        : { seats: rows, isKept };
    }
  }

  /** One seat; tells a missing event and a missing seat apart. */
  async function one(
    eventId: string,
    seatId: string,
    viewer: Viewer,
  ): Promise<{ outcome: 'found'; seat: SeatRow; isKept: boolean } | { outcome: 'unknown_event' | 'unknown_seat' }> {
    const event = await settledEvent(eventId, viewer);
    if (!event) return { outcome: 'unknown_event' };
    const seat = await seats.findOne({ eventId, seatId }, shown).lean<SeatRow | null>();
    return seat ? { outcome: 'found', seat, isKept: keeps(viewer, event) } : { outcome: 'unknown_seat' };
  }

  return { page, one };
}

/** The query of a page, apart so that a test can have it explained: one row more than the limit, to tell whether more follow. */
export function seatQuery(connection: Connection, eventId: string, filter: SeatFilter) {
  const { status, section, category, cursor, limit } = filter;
  return (
    seatModel(connection)
      .find(
        {
          eventId,
          ...(status !== undefined && { status }),
          ...(section !== undefined && { section }),
          ...(category !== undefined && { category }),
          ...(cursor !== undefined && { seatId: { $gt: cursor } }),
        },
        shown,
      )
      .sort({ seatId: 1 })
      .limit(limit + 1)
      // One round trip for a whole hall, instead of one for each 101 seats and then each 16 MB.
      .batchSize(limit + 1)
      .lean<SeatRow[]>()
  );
}
