import { Type } from 'typebox';
import { PaymentWebhook } from '../../../lib/contracts/invoice.ts';
import { Instant, oneOf } from '../../../lib/contracts/primitives.ts';
import type { DeliveryRow } from '../models/invoice-reader.ts';
import { webhookBody } from './webhook.ts';

export const DeliveryStatus = oneOf(['pending', 'delivered', 'exhausted']);

export const DeliveryView = Type.Object({
  webhookId: Type.String(),
  status: DeliveryStatus,
  tries: Type.Integer(),
  createdAt: Instant,
  lastTriedAt: Type.Optional(Instant),
  lastError: Type.Optional(Type.String()),
  nextAttemptAt: Type.Optional(Instant),
  deliveredAt: Type.Optional(Instant),
  body: PaymentWebhook,
});

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
