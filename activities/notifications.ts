import type { BookingWebhook } from '../lib/contracts/booking.ts';
import type { DeliverNotification } from '../services/ticket-app/commands/deliver-notification.ts';

export type NotificationActivities = ReturnType<typeof createNotificationActivities>;

/** How the Client App hears of a booking (T6). Retried for days if need be; a notification never undoes a booking. */
export function createNotificationActivities(deps: { deliverNotification: DeliverNotification }) {
  return {
    notifyClientApp: (bookingId: string, type: BookingWebhook['type']): Promise<void> =>
      deps.deliverNotification(bookingId, type),
  };
}
