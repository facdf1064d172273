import type { Connection } from 'mongoose';
import type { BookingStatus } from '../../../lib/contracts/booking.ts';
import { pagesOf } from '../../../lib/mongo/cursor.ts';
import { type Booking, bookingModel } from '../models/booking.ts';
import type { TicketRecords } from '../models/ticket-records.ts';

export const bookingSorts = ['newest', 'oldest'] as const;

export interface BookingQuery {
  eventId?: string;
  customerId?: string;
  status?: BookingStatus;
  sort: (typeof bookingSorts)[number];
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

    /** Throws a 400 problem for a cursor that is not of this list. */
    async page(query: BookingQuery): Promise<{ rows: Booking[]; nextCursor?: string }> {
      return pagesOfBookings(query).page(await bookingQuery(connection, query), query.limit);
    },
  };
}

function pagesOfBookings({ cursor: _, limit: __, sort, ...filter }: BookingQuery) {
  const byAge = { field: 'createdAt', kind: 'date', keyOf: (booking: Booking) => booking.createdAt } as const;
  return pagesOf({ ...byAge, direction: sort === 'newest' ? -1 : 1 }, filter);
}

/** The query of a page: one row more than the limit, to tell whether more follow. */
function bookingQuery(connection: Connection, query: BookingQuery) {
  const { cursor, limit, sort: _, ...filter } = query;
  const pages = pagesOfBookings(query);
  return bookingModel(connection)
    .find({ $and: [filter, pages.after(cursor)] })
    .sort(pages.sort)
    .limit(limit + 1)
    .lean<Booking[]>();
}
