import type { BookingView } from '../../../lib/contracts/booking.ts';
import { bookingNumber } from '../../../lib/contracts/booking-number.ts';
import type { Booking } from '../models/booking.ts';

/** A booking as it leaves the house: in answers to client-app and in notifications. */
export function presentBooking(booking: Booking): BookingView {
  const { _id: bookingId, event, refund } = booking;
  return {
    bookingId,
    bookingNumber: bookingNumber(bookingId),
    customerId: booking.customerId,
    eventId: booking.eventId,
    seatIds: booking.seatIds,
    version: booking.version,
    status: booking.status,
    ...(booking.reason && { reason: booking.reason }),
    ...(booking.refusedSeatIds && { refusedSeatIds: booking.refusedSeatIds }),
    ...(event && {
      event: { title: event.title, venue: event.venue, city: event.city, startsAt: event.startsAt.toISOString() },
    }),
    ...(booking.seats && { seats: booking.seats }),
    ...(booking.invoice && { invoice: booking.invoice }),
    ...(booking.expiresAt && { expiresAt: booking.expiresAt.toISOString() }),
    ...(refund && { refund: { ...refund, at: refund.at.toISOString() } }),
    ...(booking.ticket && { ticket: booking.ticket }),
    ...(booking.waitlistEntryId && { waitlistEntryId: booking.waitlistEntryId }),
    timeline: booking.timeline.map(({ at, step, text }) => ({ at: at.toISOString(), step, text })),
    createdAt: booking.createdAt.toISOString(),
  };
}
