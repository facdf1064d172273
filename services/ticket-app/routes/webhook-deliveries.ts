import { type Static, Type } from 'typebox';
import { BookingWebhook } from '../../../lib/contracts/booking.ts';
import { Id, Instant, oneOf } from '../../../lib/contracts/primitives.ts';
import { WaitlistWebhook } from '../../../lib/contracts/waitlist.ts';
import { invalidRequest, notFound } from '../../../lib/http/problem.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { compile } from '../../../lib/schema/ajv.ts';
import type { DeliverNotification } from '../commands/deliver-notification.ts';
import type { DeliverWaitlistNews } from '../commands/deliver-waitlist-news.ts';
import type { Deliveries, Delivery } from '../models/deliveries.ts';
import { problems } from '../problems.ts';
import type { Access } from './access.ts';

const bookingWebhookType = compile(BookingWebhook.properties.type);
const waitlistWebhookType = compile(WaitlistWebhook.properties.type);

export const DeliveryView = Type.Object({
  webhookId: Type.String(),
  status: oneOf(['pending', 'delivered']),
  bookingId: Type.Optional(Id),
  entryId: Type.Optional(Id),
  type: Type.String({ examples: ['booking.confirmed'] }),
  tries: Type.Integer(),
  createdAt: Instant,
  deliveredAt: Type.Optional(Instant),
  lastError: Type.Optional(Type.String()),
});

function presentDelivery({ _id: webhookId, deliveredAt, createdAt, ...rest }: Delivery): Static<typeof DeliveryView> {
  const { bookingId, entryId, type, tries, lastError } = rest;
  return {
    webhookId,
    status: deliveredAt ? 'delivered' : 'pending',
    ...(bookingId !== undefined && { bookingId }),
    ...(entryId !== undefined && { entryId }),
    type,
    tries,
    createdAt: createdAt.toISOString(),
    ...(deliveredAt && { deliveredAt: deliveredAt.toISOString() }),
    ...(lastError !== undefined && { lastError }),
  };
}

interface Parts {
  access: Access;
  deliveries: Deliveries;
  deliverNotification: DeliverNotification;
  deliverWaitlistNews: DeliverWaitlistNews;
}

/** What client-app was told, or is still to be told, of a booking or of a place in a queue: for operators. */
export function webhookDeliveryRoutes({ access, deliveries, ...deliver }: Parts): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Webhook deliveries', problems });

  routes.get(
    '/webhook-deliveries',
    {
      id: 'listWebhookDeliveries',
      summary: 'What client-app was told of a booking, or of a place in a queue',
      description: 'One of `bookingId` and `entryId` is required.',
      access: access.to('webhookDeliveries.read'),
      request: { query: strictObject({ bookingId: Type.Optional(Id), entryId: Type.Optional(Id) }) },
      answers: { 200: { description: 'Oldest first', body: Type.Object({ deliveries: Type.Array(DeliveryView) }) } },
    },
    async (ctx, { query: { bookingId, entryId } }) => {
      if ((bookingId === undefined) === (entryId === undefined)) {
        throw invalidRequest('query.bookingId', 'or query.entryId is required, one of them');
      }
      const found = await deliveries.about(bookingId === undefined ? { entryId: entryId ?? '' } : { bookingId });
      ctx.body = { deliveries: found.map(presentDelivery) };
    },
  );

  routes.post(
    '/webhook-deliveries/:webhookId/replay',
    {
      id: 'replayWebhook',
      summary: 'Send a webhook once more, under its old id',
      description: 'Safe to repeat: client-app knows a webhook by its id.',
      access: access.to('webhookDeliveries.replay'),
      request: { params: Type.Object({ webhookId: Type.String({ maxLength: 120 }) }) },
      answers: { 200: { description: 'client-app has taken it', body: DeliveryView } },
      problems: ['webhook_delivery_not_found', 'neighbour_unavailable'],
    },
    async (ctx, { params: { webhookId } }) => {
      const delivery = await deliveries.find(webhookId);
      if (!delivery) throw notFound('webhook_delivery');
      const { bookingId, entryId, type } = delivery;
      if (bookingId !== undefined) await deliver.deliverNotification(bookingId, bookingWebhookType.parse(type));
      if (entryId !== undefined) await deliver.deliverWaitlistNews(entryId, webhookId, waitlistWebhookType.parse(type));
      ctx.body = presentDelivery((await deliveries.find(webhookId)) ?? delivery);
    },
  );

  return routes;
}
