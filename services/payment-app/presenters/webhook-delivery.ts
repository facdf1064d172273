import type { DeliveryRow } from '../models/invoice-reader.ts';
import { webhookBody } from './webhook.ts';

/** A delivery as operators see it: what is told, and how the telling goes. */
export function presentDelivery({ invoice, delivery }: DeliveryRow) {
  return {
    webhookId: delivery.webhookId,
    status: delivery.status,
    tries: delivery.tries,
    createdAt: delivery.createdAt,
    ...(delivery.lastTriedAt && { lastTriedAt: delivery.lastTriedAt }),
    ...(delivery.lastError !== undefined && { lastError: delivery.lastError }),
    ...(delivery.nextAttemptAt && { nextAttemptAt: delivery.nextAttemptAt }),
    ...(delivery.deliveredAt && { deliveredAt: delivery.deliveredAt }),
    body: webhookBody(invoice, delivery),
  };
}
