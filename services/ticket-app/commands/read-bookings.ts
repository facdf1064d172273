import type { Booking } from '../models/booking.ts';
import type { BookingLedger } from '../models/booking-ledger.ts';
import type { TicketRecords } from '../models/ticket-records.ts';

/** What may be read of bookings: from the documents, never from Temporal. */
export interface ReadBookings {
  one(bookingId: string): Promise<Booking | null>;
  ticketPdf: TicketRecords['openPdf'];
}

export const createReadBookings = (bookings: BookingLedger, tickets: TicketRecords): ReadBookings => ({
  one: bookings.find,
  ticketPdf: tickets.openPdf,
});
