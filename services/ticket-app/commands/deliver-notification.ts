import type { BookingWebhook } from '../../../lib/contracts/booking.ts';
import type { BookingLedger } from '../models/booking-ledger.ts';
import { presentBooking } from '../presenters/booking.ts';
import { type ClientAppWebhooks, createDeliverWebhook } from './deliver-webhook.ts';

export type DeliverNotification = ReturnType<typeof createDeliverNotification>;

/** A booking has one notification of each type, so its id needs no counter. */
export const webhookIdOf = (bookingId: string, type: BookingWebhook['type']): string => `${bookingId}.${type}`;

/** Tells client-app of a booking as it is now. Rejects when that was not acknowledged: repeat it. */
export function createDeliverNotification({ bookings, ...clientApp }: ClientAppWebhooks & { bookings: BookingLedger }) {
  const deliver = createDeliverWebhook(clientApp);
  return async (bookingId: string, type: BookingWebhook['type']): Promise<void> => {
    const booking = presentBooking(await bookings.get(bookingId));
    const body = { type, ...booking } satisfies BookingWebhook;
    await deliver({ webhookId: webhookIdOf(bookingId, type), subject: { bookingId }, type, body });
  };
}
