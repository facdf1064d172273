import type { BookingWebhook } from '../../../lib/contracts/booking.ts';
import type { WaitlistWebhook } from '../../../lib/contracts/waitlist.ts';
import { unavailable } from '../../../lib/http/problem.ts';
import type { Dependencies } from '../dependencies.ts';
import { keepTicket } from './keep-ticket.ts';

/** An ended offer's entry ends by a notification of its own; if that is lost, ticket-app is asked this much later. */
const endOfOfferMs = 30_000;

/**
 * Takes a notification of a booking: acts first, records its id as done after, so that a crash between the two repeats
 * the act. Only a done id is acknowledged without acting. Throws 503 `ticket_not_stored` while the ticket that it tells
 * of cannot be stored: whoever sent it tries again.
 */
export async function receiveBookingWebhook(
  dependencies: Dependencies,
  webhookId: string,
  { type, ...booking }: BookingWebhook,
): Promise<void> {
  const { bookings, waitlist, webhooks, log } = dependencies;
  if (await webhooks.isDone(webhookId)) return;
  const outcome = await bookings.apply(booking);
  const ticket = await keepTicket(dependencies, booking.bookingId);
  if (ticket === 'not_now') throw unavailable('ticket_not_stored', 'The ticket could not be stored. Send this again.');
  if (booking.waitlistEntryId !== undefined && type !== 'booking.awaiting_payment') {
    await waitlist.expectNews(booking.waitlistEntryId, new Date(Date.now() + endOfOfferMs));
  }
  await webhooks.markDone(webhookId);
  log.info({ bookingId: booking.bookingId, type, version: booking.version, outcome }, 'notified');
}

/** The same of a place in a seat's queue. The booking of an offer is told by a notification of its own. */
export async function receiveWaitlistWebhook(
  { waitlist, webhooks, log }: Dependencies,
  webhookId: string,
  { type, ...entry }: WaitlistWebhook,
): Promise<void> {
  if (await webhooks.isDone(webhookId)) return;
  const outcome = await waitlist.apply(entry);
  await webhooks.markDone(webhookId);
  log.info({ entryId: entry.entryId, type, version: entry.version, outcome }, 'notified');
}
