import type { Dependencies } from '../dependencies.ts';
import type { Booking } from '../models/booking.ts';
import { startIsOver } from '../models/next-check.ts';
import { keepTicket } from './keep-ticket.ts';

/**
 * Asks ticket-app how a booking stands, and stores it. Of a booking that it does not know once nothing can start any
 * more, it is certain that it never began: FAILED `not_started`. No answer changes nothing.
 */
export async function askAboutBooking(dependencies: Dependencies, booking: Booking): Promise<void> {
  const { bookings, ticketing, log } = dependencies;
  const answer = await ticketing.booking(booking._id);
  if (answer.kind === 'booking') {
    await bookings.apply(answer.booking);
    await keepTicket(dependencies, booking._id);
    return;
  }
  if (answer.kind !== 'not_found') return;
  if (booking.version > 0) {
    log.error({ bookingId: booking._id, status: booking.status }, 'ticket-app does not know a booking it told of');
  } else if (booking.status === 'REQUESTED' && startIsOver(booking)) {
    await bookings.fail(booking._id, 'not_started');
  }
}
