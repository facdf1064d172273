import { Type } from 'typebox';
import { Id } from '../../../lib/contracts/primitives.ts';
import { notFound } from '../../../lib/http/problem.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { decodeCursor } from '../../../lib/mongo/cursor.ts';
import { accessOf } from '../auth/access.ts';
import type { Payments } from '../commands/payments.ts';
import { listDeliveries, replayDelivery } from '../commands/webhook-deliveries.ts';
import { DeliveryStatus, DeliveryView, presentDelivery } from '../presenters/webhook-delivery.ts';
import { problems } from '../problems.ts';

const Filter = strictObject({
  bookingId: Type.Optional(Id),
  status: Type.Optional(DeliveryStatus),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
});
const DeliveryPage = Type.Object({ deliveries: Type.Array(DeliveryView), nextCursor: Type.Optional(Type.String()) });

/** The webhooks that were, or must be, told: for operators and the audit. */
export function webhookDeliveryRoutes(payments: Payments): DescribedRoutes {
  const to = accessOf(payments.config.serviceSecrets);
  const routes = describedRoutes({ tag: 'Webhook deliveries', problems });

  routes.get(
    '/webhook-deliveries',
    {
      id: 'listWebhookDeliveries',
      summary: 'List the webhooks of payment outcomes, newest first',
      access: to('webhookDeliveries.read'),
      request: { query: Filter },
      answers: { 200: { description: 'A page; without `nextCursor` it is the last one', body: DeliveryPage } },
      problems: ['invalid_cursor'],
    },
    async (ctx, { query: { cursor, ...filter } }) => {
      const page = await listDeliveries(payments, {
        ...filter,
        ...(cursor !== undefined && { after: decodeCursor(cursor) }),
      });
      ctx.body = {
        deliveries: page.rows.map(presentDelivery),
        ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }),
      };
    },
  );

  routes.post(
    '/webhook-deliveries/:webhookId/replay',
    {
      id: 'replayWebhook',
      summary: 'Send a webhook again at once, under its old id',
      description: 'Safe to repeat: receivers know a webhook by its id.',
      access: to('webhookDeliveries.replay'),
      request: { params: Type.Object({ webhookId: Id }) },
      answers: { 202: { description: 'It is on its way', body: DeliveryView } },
      problems: ['webhook_delivery_not_found'],
    },
    async (ctx, { params }) => {
      const row = await replayDelivery(payments, params.webhookId);
      if (!row) throw notFound('webhook_delivery');
      ctx.status = 202;
      ctx.body = presentDelivery(row);
    },
  );

  return routes;
}
