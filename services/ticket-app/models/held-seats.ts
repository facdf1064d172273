import type { Connection, QueryFilter } from 'mongoose';
import { type Seat, seatModel } from './seat.ts';

export interface SeatPage {
  /** Begins after this seat. */
  after?: string;
  limit: number;
}

type SeatRow = Pick<Seat, 'seatId' | 'holder'>;

const held: QueryFilter<Seat> = { status: { $in: ['ON_GOING', 'BOOKED'] }, 'holder.kind': 'booking' };
const queued: QueryFilter<Seat> = { $or: [{ waitlisted: true }, { 'holder.kind': 'waitlist' }] };

export type HeldSeats = ReturnType<typeof createHeldSeats>;

/** Who has the seats of an event: what is read of it as a whole. Nothing here writes. */
export function createHeldSeats(connection: Connection) {
  const seats = seatModel(connection);

  const page = (eventId: string, which: QueryFilter<Seat>, { after, limit }: SeatPage): Promise<SeatRow[]> =>
    seats
      .find({ ...which, eventId, ...(after !== undefined && { seatId: { $gt: after } }) })
      .select({ seatId: 1, holder: 1 })
      .sort({ seatId: 1 })
      .limit(limit)
      .lean<SeatRow[]>();

  return {
    /** A page of the seats that bookings hold, by their ids. */
    held: (eventId: string, which: SeatPage) => page(eventId, held, which),

    /** A page of the seats that have a queue, or stand with it. */
    queued: (eventId: string, which: SeatPage) => page(eventId, queued, which),

    /** Every booking that holds a seat, once. */
    bookings: async (eventId: string): Promise<string[]> =>
      (await seats.distinct('holder.bookingId', { ...held, eventId })).map(String),

    countQueued: (eventId: string): Promise<number> => seats.countDocuments({ ...queued, eventId }),
  };
}
