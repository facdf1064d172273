import Router from '@koa/router';
import { Type } from 'typebox';
import { requiresService } from '../../../lib/auth/service-credential.ts';
import { BookingWebhook } from '../../../lib/contracts/booking.ts';
import { Id } from '../../../lib/contracts/primitives.ts';
import { WaitlistWebhook } from '../../../lib/contracts/waitlist.ts';
import { invalidRequest, notFound } from '../../../lib/http/problem.ts';
import { request, strictObject } from '../../../lib/http/request.ts';
import { compile } from '../../../lib/schema/ajv.ts';
import type { DeliverNotification } from '../commands/deliver-notification.ts';
import type { DeliverWaitlistNews } from '../commands/deliver-waitlist-news.ts';
import type { Deliveries, Delivery } from '../models/deliveries.ts';

const toList = request({ query: strictObject({ bookingId: Type.Optional(Id), entryId: Type.Optional(Id) }) });
const toReplay = request({ params: Type.Object({ webhookId: Type.String({ maxLength: 120 }) }) });
const bookingWebhookType = compile(BookingWebhook.properties.type);
const waitlistWebhookType = compile(WaitlistWebhook.properties.type);

const presentDelivery = ({ _id: webhookId, deliveredAt, ...delivery }: Delivery) => ({
  webhookId,
  status: deliveredAt ? 'delivered' : 'pending',
  ...delivery,
  ...(deliveredAt && { deliveredAt }),
});

interface Parts {
  serviceSecrets: readonly string[];
  deliveries: Deliveries;
  deliverNotification: DeliverNotification;
  deliverWaitlistNews: DeliverWaitlistNews;
}

/** What client-app was told, or is still to be told, of a booking or of a place in a queue: for operators. */
export function webhookDeliveryRoutes({ serviceSecrets, deliveries, ...deliver }: Parts): Router {
  const router = new Router();
  const service = requiresService(serviceSecrets);

  router.get('/webhook-deliveries', service, async (ctx) => {
    const { bookingId, entryId } = toList(ctx).query;
    if ((bookingId === undefined) === (entryId === undefined)) {
      throw invalidRequest('query.bookingId', 'or query.entryId is required, one of them');
    }
    const found = await deliveries.about(bookingId === undefined ? { entryId: entryId ?? '' } : { bookingId });
    ctx.body = { deliveries: found.map(presentDelivery) };
  });

  /** Sends it once more, under its id; 503 when client-app does not take it. */
  router.post('/webhook-deliveries/:webhookId/replay', service, async (ctx) => {
    const { webhookId } = toReplay(ctx).params;
    const delivery = await deliveries.find(webhookId);
    if (!delivery) throw notFound('webhook_delivery');
    const { bookingId, entryId, type } = delivery;
    if (bookingId !== undefined) await deliver.deliverNotification(bookingId, bookingWebhookType.parse(type));
    if (entryId !== undefined) await deliver.deliverWaitlistNews(entryId, webhookId, waitlistWebhookType.parse(type));
    const sent = await deliveries.find(webhookId);
    ctx.body = presentDelivery(sent ?? delivery);
  });

  return router;
}
