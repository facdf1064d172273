import { Problem, unavailable } from '../../../lib/http/problem.ts';
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
 * Cancels a booking that is not paid yet; one that has ended stays as it is. Returns the booking as it then stands.
 * Throws 409 `booking_confirmed` (ticket-app's word), 409 `booking_not_begun`, or 503 when it is unknown whether it was
 * cancelled: a repeat is safe.
 */
export async function cancelBooking(dependencies: Dependencies, caller: Caller, bookingId: string): Promise<Booking> {
  const booking = await readBooking(dependencies, caller, bookingId);
  if (hasEnded(booking)) return booking;

  const reason = booking.customerId === caller.userId ? 'cancelled_by_customer' : 'cancelled_by_organizer';
  const answer = await dependencies.ticketing.cancel(bookingId, reason, dependencies.patienceMs);
  if (answer.kind === 'refused' || answer.kind === 'unknown') throw notKnown();
  if (answer.kind === 'booking') {
    await dependencies.bookings.apply(answer.booking);
    return readBooking(dependencies, caller, bookingId);
  }
  // What stood in the way (it is paid; it never began) may be news here.
  await askAboutBooking(dependencies, booking);
  if (answer.kind === 'rejected') throw answer.problem;
  const present = await readBooking(dependencies, caller, bookingId);
  if (hasEnded(present)) return present;
  throw present.status === 'REQUESTED' ? notBegun(bookingId) : notKnown();
}
