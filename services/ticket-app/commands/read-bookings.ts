import type { Connection } from 'mongoose';
import type { BookingStatus } from '../../../lib/contracts/booking.ts';
import { afterNewestFirst, decodeCursor, pageOf } from '../../../lib/mongo/cursor.ts';
import { type Booking, bookingModel } from '../models/booking.ts';
import type { TicketRecords } from '../models/ticket-records.ts';

export interface BookingQuery {
  eventId?: string;
  customerId?: string;
  status?: BookingStatus;
  cursor?: string;
  limit: number;
}

export type ReadBookings = ReturnType<typeof createReadBookings>;

/** What may be read of bookings: from the documents, never from Temporal. */
export function createReadBookings(connection: Connection, tickets: TicketRecords) {
  const bookings = bookingModel(connection);
  return {
    one: (bookingId: string) => bookings.findById(bookingId).lean<Booking | null>(),
    ticketPdf: tickets.openPdf,

    /** Newest first. */
    async page({ cursor, limit, ...filter }: BookingQuery) {
      const position = cursor === undefined ? undefined : decodeCursor(cursor);
      const rows = await bookings
        .find({ ...filter, ...afterNewestFirst('createdAt', position) })
        .sort({ createdAt: -1, _id: -1 })
        .limit(limit + 1)
        .lean<Booking[]>();
      return pageOf(rows, limit, (booking) => ({ at: booking.createdAt, id: booking._id }));
    },
  };
}
