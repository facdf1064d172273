import type { BookingWebhook } from '../../../lib/contracts/booking.ts';
import { NeighbourUnavailable, neighbour } from '../../../lib/http/neighbour.ts';
import { signWebhook } from '../../../lib/webhooks/signature.ts';
import type { BookingLedger } from '../models/booking-ledger.ts';
import type { Deliveries } from '../models/deliveries.ts';
import { presentBooking } from '../presenters/booking.ts';

interface Dependencies {
  bookings: BookingLedger;
  deliveries: Deliveries;
  /** Where client-app takes webhooks. */
  url: string;
  secret: string;
}

export type DeliverNotification = ReturnType<typeof createDeliverNotification>;

/** A booking has one notification of each type, so its id needs no counter. */
export const webhookIdOf = (bookingId: string, type: BookingWebhook['type']): string => `${bookingId}.${type}`;

/**
 * Sends one signed webhook: the booking as it is now. Resolves when client-app has acknowledged it; rejects otherwise,
 * and whoever calls tries again under the same webhook-id.
 */
export function createDeliverNotification({ bookings, deliveries, url, secret }: Dependencies) {
  // client-app answers only when it has fetched and stored the PDF.
  const clientApp = neighbour({ name: 'client-app', baseUrl: url, timeoutMs: 10_000 });
  return async (bookingId: string, type: BookingWebhook['type']): Promise<void> => {
    const webhookId = webhookIdOf(bookingId, type);
    await deliveries.begin(webhookId, bookingId, type);
    const booking = presentBooking(await bookings.get(bookingId));
    const body = JSON.stringify({ type, ...booking } satisfies BookingWebhook);
    try {
      const headers = signWebhook(secret, webhookId, body);
      const { status } = await clientApp({ method: 'POST', path: '', body, headers });
      if (status >= 300) throw new NeighbourUnavailable('client-app', `webhook ${type}`, `status ${status}`);
    } catch (error) {
      await deliveries.fail(webhookId, (error as Error).message);
      throw error;
    }
    await deliveries.succeed(webhookId);
  };
}
