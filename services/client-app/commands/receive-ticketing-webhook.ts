import type { BookingWebhook } from '../../../lib/contracts/booking.ts';
import { unavailable } from '../../../lib/http/problem.ts';
import type { Dependencies } from '../dependencies.ts';
import { keepTicket } from './keep-ticket.ts';

/**
 * Takes a notification of ticket-app: acts first, records its id as done after, so that a crash between the two repeats
 * the act. Only a done id is acknowledged without acting. Throws 503 `ticket_not_stored` while the ticket that it tells
 * of cannot be stored: whoever sent it tries again.
 */
export async function receiveTicketingWebhook(
  dependencies: Dependencies,
  webhookId: string,
  { type, ...booking }: BookingWebhook,
): Promise<void> {
  const { bookings, webhooks, log } = dependencies;
  if (await webhooks.isDone(webhookId)) return;
  const outcome = await bookings.apply(booking);
  const ticket = await keepTicket(dependencies, booking.bookingId);
  if (ticket === 'not_now') throw unavailable('ticket_not_stored', 'The ticket could not be stored. Send this again.');
  await webhooks.markDone(webhookId);
  log.info({ bookingId: booking.bookingId, type, version: booking.version, outcome }, 'notified');
}
