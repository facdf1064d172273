import { forbidden, Problem, unavailable } from '../../../lib/http/problem.ts';
import type { Caller } from '../auth/signed-in.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Booking } from '../models/booking.ts';
import { askAboutBooking } from './ask-about-booking.ts';
import { readBooking } from './read-bookings.ts';

export const hasEnded = ({ status }: Booking) => status === 'CANCELLED' || status === 'FAILED';

const notKnown = () =>
  unavailable(
    'ticketing_unavailable',
    'It is not known whether the booking was cancelled. Try again in a moment: cancelling twice is once.',
  );

const notBegun = (bookingId: string) =>
  new Problem(
    409,
    'booking_not_begun',
    'The booking is being started; it cannot be cancelled just now. Try again in a moment.',
    { bookingId },
    { 'Retry-After': '2' },
  );

/**
 * Cancels a booking, paid or not; one that has ended stays as it is. `note` is what an admin says to the buyer. Returns
 * the booking as it then stands: if it has not ended, it goes on being cancelled. Throws 409 `cancellation_closed` and
 * `ticket_used` (ticket-app's words), 409 `booking_not_begun`, or 503 when it is unknown whether it was cancelled: a
 * repeat is safe.
 */
export async function cancelBooking(
  dependencies: Dependencies,
  caller: Caller,
  bookingId: string,
  note?: string,
): Promise<Booking> {
  if (note !== undefined && caller.role !== 'admin') throw forbidden('Only an admin gives a reason.');
  const booking = await readBooking(dependencies, caller, bookingId);
  if (hasEnded(booking)) return booking;

  // An admin who gives a reason speaks for the organizer, also about a booking of their own.
  const isOwnWish = booking.customerId === caller.userId && note === undefined;
  const reason = isOwnWish ? 'cancelled_by_customer' : 'cancelled_by_organizer';
  const answer = await dependencies.ticketing.cancel(
    bookingId,
    { reason, ...(note !== undefined && { note }) },
    dependencies.patienceMs,
  );
  if (answer.kind === 'refused' || answer.kind === 'unknown') throw notKnown();
  if (answer.kind === 'booking') {
    await dependencies.bookings.apply(answer.booking);
    return readBooking(dependencies, caller, bookingId);
  }
  // What stood in the way (a ticket was used; it never began) may be news here.
  await askAboutBooking(dependencies, booking);
  if (answer.kind === 'rejected') throw answer.problem;
  const present = await readBooking(dependencies, caller, bookingId);
  if (hasEnded(present)) return present;
  throw present.status === 'REQUESTED' ? notBegun(bookingId) : notKnown();
}
