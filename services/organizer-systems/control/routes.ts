import Router from '@koa/router';
import { Type } from 'typebox';
import { requiresService } from '../../../lib/auth/service-credential.ts';
import { invalidRequest } from '../../../lib/http/problem.ts';
import { request, strictObject } from '../../../lib/http/request.ts';
import { CallNameSchema, FaultKindSchema } from '../faults/fault.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import type { HoldLedger } from '../models/holds.ts';
import { Cursor, EventRef, HoldStateWord, PageLimit, Reference, Seats } from '../vocabulary.ts';

const orderFault = request({
  body: strictObject({
    reference: Type.Optional(Reference),
    event: Type.Optional(EventRef),
    call: Type.Optional(CallNameSchema),
    fault: FaultKindSchema,
    times: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  }),
});
const sellElsewhere = request({ body: strictObject({ event: EventRef, seats: Seats }) });
const listHolds = request({
  query: strictObject({
    event: Type.Optional(EventRef),
    state: Type.Optional(HoldStateWord),
    limit: PageLimit,
    cursor: Type.Optional(Cursor),
  }),
});

/**
 * What development and tests need and no organizer would offer: the same routes on both systems, behind
 * `Authorization: Bearer <the system's own key>`.
 */
export function controlRoutes(parts: { ledger: HoldLedger; plan: FaultPlan; credential: string }): Router {
  const { ledger, plan } = parts;
  const router = new Router({ prefix: '/control' });
  const onlyWithKey = requiresService([parts.credential]);

  router.post('/faults', onlyWithKey, (ctx) => {
    const { reference, event, call, fault, times = 1 } = orderFault(ctx).body;
    if ((reference === undefined) === (event === undefined)) {
      throw invalidRequest('body', 'needs either reference or event');
    }
    ctx.status = 201;
    ctx.body = plan.order({
      ...(reference !== undefined && { reference }),
      ...(event !== undefined && { event }),
      ...(call !== undefined && { call }),
      fault,
      times,
    });
  });

  router.get('/faults', onlyWithKey, (ctx) => {
    ctx.body = { faults: plan.orders() };
  });

  router.delete('/faults', onlyWithKey, (ctx) => {
    plan.clear();
    ctx.status = 204;
  });

  router.post('/sold-elsewhere', onlyWithKey, async (ctx) => {
    const { event, seats } = sellElsewhere(ctx).body;
    ctx.body = { event, ...(await ledger.markSoldElsewhere(event, seats)) };
  });

  router.get('/holds', onlyWithKey, async (ctx) => {
    const { rows, nextCursor } = await ledger.list(listHolds(ctx).query);
    ctx.body = {
      holds: rows.map(({ _id, holdId, event, seats, state, refusedSeats, createdAt, changedAt }) => {
        return { reference: _id, holdId, event, seats, state, refusedSeats, createdAt, changedAt };
      }),
      nextCursor,
    };
  });

  return router;
}
