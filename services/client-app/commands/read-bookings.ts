import type { Readable } from 'node:stream';
import { forbidden, notFound, Problem } from '../../../lib/http/problem.ts';
import type { Caller } from '../auth/signed-in.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Booking, TicketFile } from '../models/booking.ts';
import { type HistoryQuery, historySorts } from '../models/booking-lists.ts';

/** The orders of a history. */
export const bookingSorts = historySorts;

/** A booking, to its customer or to an admin; to others it does not exist. */
export async function readBooking({ bookings }: Dependencies, caller: Caller, bookingId: string): Promise<Booking> {
  const booking = await bookings.find(bookingId);
  if (!booking || (booking.customerId !== caller.userId && caller.role !== 'admin')) throw notFound('booking');
  return booking;
}

/** A page of a person's own bookings; an admin may name somebody else. */
export async function listBookings(
  { bookings }: Dependencies,
  caller: Caller,
  query: Omit<HistoryQuery, 'customerId'> & { customerId?: string },
) {
  const customerId = query.customerId ?? caller.userId;
  if (customerId !== caller.userId && caller.role !== 'admin') throw forbidden('These are not your bookings.');
  return bookings.page({ ...query, customerId });
}

export interface TicketToRead {
  booking: Booking;
  file: TicketFile;
  open(): Readable;
}

/** A confirmed booking's PDF. Throws 410 `ticket_revoked` for one that was taken back, and 404 `ticket_not_ready` while there is none. */
export async function readTicket(dependencies: Dependencies, caller: Caller, bookingId: string): Promise<TicketToRead> {
  const booking = await readBooking(dependencies, caller, bookingId);
  const { ticketFile: file } = booking;
  if (booking.ticket && booking.status === 'CANCELLED') {
    throw new Problem(410, 'ticket_revoked', 'The booking was cancelled; its ticket is no longer valid.', {
      bookingId,
    });
  }
  if (booking.status !== 'CONFIRMED' || !file || file.sha256 !== booking.ticket?.sha256) {
    const detail =
      booking.status === 'CANCELLING'
        ? 'The booking is being cancelled; whether its ticket stays good is known in a moment.'
        : `There is no ticket: the booking is ${booking.status}.`;
    throw new Problem(404, 'ticket_not_ready', detail, { bookingId });
  }
  return { booking, file, open: () => dependencies.tickets.read(file.fileId) };
}
