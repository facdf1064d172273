import Router from '@koa/router';
import { Type } from 'typebox';
import { requiresService } from '../../../lib/auth/service-credential.ts';
import { BookingWebhook } from '../../../lib/contracts/booking.ts';
import { Id } from '../../../lib/contracts/primitives.ts';
import { notFound } from '../../../lib/http/problem.ts';
import { request, strictObject } from '../../../lib/http/request.ts';
import { compile } from '../../../lib/schema/ajv.ts';
import type { DeliverNotification } from '../commands/deliver-notification.ts';
import type { Deliveries, Delivery } from '../models/deliveries.ts';

const toList = request({ query: strictObject({ bookingId: Id }) });
const toReplay = request({ params: Type.Object({ webhookId: Type.String({ maxLength: 120 }) }) });
const webhookType = compile(BookingWebhook.properties.type);

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
}

/** What client-app was told, or is still to be told, of a booking: for operators. */
export function webhookDeliveryRoutes({ serviceSecrets, deliveries, deliverNotification }: Parts): Router {
  const router = new Router();
  const service = requiresService(serviceSecrets);

  router.get('/webhook-deliveries', service, async (ctx) => {
    const found = await deliveries.ofBooking(toList(ctx).query.bookingId);
    ctx.body = { deliveries: found.map(presentDelivery) };
  });

  /** Sends it once more, under its id; 503 when client-app does not take it. */
  router.post('/webhook-deliveries/:webhookId/replay', service, async (ctx) => {
    const { webhookId } = toReplay(ctx).params;
    const delivery = await deliveries.find(webhookId);
    if (!delivery) throw notFound('webhook_delivery');
    await deliverNotification(delivery.bookingId, webhookType.parse(delivery.type));
    const sent = await deliveries.find(webhookId);
    ctx.body = presentDelivery(sent ?? delivery);
  });

  return router;
}
