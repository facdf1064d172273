import Router from '@koa/router';
import { Type } from 'typebox';
import { requiresService } from '../../../lib/auth/service-credential.ts';
import { Id, oneOf } from '../../../lib/contracts/primitives.ts';
import { notFound } from '../../../lib/http/problem.ts';
import { request, strictObject } from '../../../lib/http/request.ts';
import { decodeCursor } from '../../../lib/mongo/cursor.ts';
import type { Payments } from '../commands/payments.ts';
import { listDeliveries, replayDelivery } from '../commands/webhook-deliveries.ts';
import { presentDelivery } from '../presenters/webhook-delivery.ts';

const toList = request({
  query: strictObject({
    bookingId: Type.Optional(Id),
    status: Type.Optional(oneOf(['pending', 'delivered', 'exhausted'])),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
    cursor: Type.Optional(Type.String({ maxLength: 400 })),
  }),
});
const toReplay = request({ params: Type.Object({ webhookId: Id }) });

/** The webhooks that were, or must be, told: for operators and the audit. */
export function webhookDeliveryRoutes(payments: Payments): Router {
  const service = requiresService(payments.config.serviceSecrets);
  const router = new Router();

  router.get('/webhook-deliveries', service, async (ctx) => {
    const { cursor, ...filter } = toList(ctx).query;
    const page = await listDeliveries(payments, {
      ...filter,
      ...(cursor !== undefined && { after: decodeCursor(cursor) }),
    });
    ctx.body = {
      deliveries: page.rows.map(presentDelivery),
      ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }),
    };
  });

  router.post('/webhook-deliveries/:webhookId/replay', service, async (ctx) => {
    const row = await replayDelivery(payments, toReplay(ctx).params.webhookId);
    if (!row) throw notFound('webhook_delivery');
    ctx.status = 202;
    ctx.body = presentDelivery(row);
  });

  return router;
}
