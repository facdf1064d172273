import { TicketingWebhook } from '../../../lib/contracts/booking.ts';
import { invalidRequest, Problem, unavailable } from '../../../lib/http/problem.ts';
import { compile, NotOfSchema } from '../../../lib/schema/ajv.ts';
import { verifyWebhook } from '../../../lib/webhooks/signature.ts';
import type { Dependencies } from '../dependencies.ts';
import { keepTicket } from './keep-ticket.ts';

const webhooks = compile(TicketingWebhook);

function read(payload: unknown): TicketingWebhook {
  try {
    return webhooks.parse(payload);
  } catch (error) {
    if (!(error instanceof NotOfSchema)) throw error;
    throw invalidRequest(`body.${error.field}`, error.message);
  }
}

/**
 * Takes a notification of ticket-app: acts first, records its id as done after, so that a crash between the two repeats
 * the act. Only a done id is acknowledged without acting. Throws 401 `webhook_forged` (also a stale one), 400, and 503
 * while the ticket it tells of cannot be stored: whoever sent it tries again.
 */
export async function receiveTicketingWebhook(
  dependencies: Dependencies,
  rawBody: string,
  headers: Record<string, string | string[] | undefined>,
): Promise<void> {
  const verified = verifyWebhook(dependencies.webhookSecrets, rawBody, headers);
  if (verified.outcome === 'forged') {
    throw new Problem(401, 'webhook_forged', 'The signature or the timestamp is not valid.');
  }
  if (verified.outcome === 'malformed') throw invalidRequest('body', 'is not JSON');
  if (await dependencies.webhooks.isDone(verified.webhookId)) return;

  const { type, ...booking } = read(verified.payload);
  const outcome = await dependencies.bookings.apply(booking);
  const ticket = await keepTicket(dependencies, booking.bookingId);
  if (ticket === 'not_now') throw unavailable('ticket_not_stored', 'The ticket could not be stored. Send this again.');
  await dependencies.webhooks.markDone(verified.webhookId);
  dependencies.log.info({ bookingId: booking.bookingId, type, version: booking.version, outcome }, 'notified');
}
