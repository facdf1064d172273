import type { BookingInHistory } from '../../../lib/contracts/operations.ts';
import type { Booking } from '../models/booking.ts';

/** A row of the history, as operators see it: states and instants. */
export const presentInHistory = (booking: Booking): BookingInHistory => ({
  bookingId: booking._id,
  bookingNumber: booking.bookingNumber,
  customerId: booking.customerId,
  version: booking.version,
  status: booking.status,
  ...(booking.reason && { reason: booking.reason }),
  hasTicketFile: booking.ticketFile !== null && booking.ticketFile.sha256 === booking.ticket?.sha256,
  updatedAt: booking.updatedAt.toISOString(),
  ...(booking.check?.nextAttemptAt && { nextCheckAt: booking.check.nextAttemptAt.toISOString() }),
});
