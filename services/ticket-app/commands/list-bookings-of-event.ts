import type { Booking } from '../models/booking.ts';
import type { Customers } from '../models/customers.ts';
import type { FindEvent } from '../models/event.ts';
import { refusalTo, type Viewer } from '../models/event-owner.ts';
import type { BookingQuery, ReadBookings } from './read-bookings.ts';

/** A booking with the name that its tickets are printed with. */
export interface BookingOfBuyer {
  booking: Booking;
  /** Missing where nothing but the booking is known of the buyer. */
  name: string | undefined;
}

export type BookingsOfEvent =
  | { outcome: 'found'; bookings: BookingOfBuyer[]; nextCursor?: string }
  | { outcome: 'unknown_event' | 'not_your_event' };

interface Dependencies {
  read: ReadBookings;
  customers: Customers;
  findEvent: FindEvent;
}

export type ListBookingsOfEvent = ReturnType<typeof createListBookingsOfEvent>;

/** The bookings of one event, for whoever keeps it: an organizer sees who buys at its own events, and nobody else. */
export function createListBookingsOfEvent({ read, customers, findEvent }: Dependencies) {
  return async (viewer: Viewer, query: BookingQuery & { eventId: string }): Promise<BookingsOfEvent> => {
    const refusal = refusalTo(viewer, await findEvent(query.eventId));
    if (refusal) return { outcome: refusal };
    const { rows, nextCursor } = await read.page(query);
    const names = await customers.namesOf(rows.map(({ customerId }) => customerId));
    return {
      outcome: 'found',
      bookings: rows.map((booking) => ({ booking, name: names.get(booking.customerId) })),
      ...(nextCursor !== undefined && { nextCursor }),
    };
  };
}
