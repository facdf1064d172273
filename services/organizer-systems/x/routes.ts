import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { Type } from 'typebox';
import { serviceCredential } from '../../../lib/auth/service-credential.ts';
import { notFound, Problem } from '../../../lib/http/problem.ts';
import { request } from '../../../lib/http/request.ts';
import type { FaultyCalls } from '../faults/with-faults.ts';
import type { HoldAnswer, HoldLedger } from '../models/holds.ts';
import { Cursor, EventRef, HoldStateWord, PageLimit, Reference, Seats } from '../vocabulary.ts';
import { presentHold } from './presenter.ts';

const postHold = request({ body: Type.Object({ reference: Reference, event: EventRef, seats: Seats }) });
const oneHold = request({ params: Type.Object({ reference: Reference }) });
const listHolds = request({
  query: Type.Object({
    event: Type.Optional(EventRef),
    state: Type.Optional(HoldStateWord),
    limit: PageLimit,
    cursor: Type.Optional(Cursor),
  }),
});

function requiresApiKey(apiKey: string): Middleware {
  const accepts = serviceCredential([apiKey]);
  return async (ctx, next) => {
    if (!accepts(ctx.get('X-Api-Key') || undefined)) {
      throw new Problem(401, 'invalid_api_key', 'Send a valid key in X-Api-Key.');
    }
    await next();
  };
}

function answerHold(ctx: Context, answer: HoldAnswer): void {
  switch (answer.outcome) {
    case 'held':
      ctx.status = answer.made ? 201 : 200;
      ctx.body = presentHold(answer.hold);
      return;
    case 'refused':
      throw new Problem(409, 'seats_unavailable', 'Some of these seats are not free.', { seats: answer.seats });
    case 'released':
      throw new Problem(409, 'released', 'This reference was released; it can hold nothing any more.');
    case 'reused':
      throw new Problem(409, 'reference_reused', 'This reference belongs to a hold of other seats.');
  }
}

/** System X: JSON, a key in `X-Api-Key`, holds as resources, refusals as 409 problems. */
export function xRoutes(parts: { ledger: HoldLedger; faulty: FaultyCalls; apiKey: string }): Router {
  const { ledger, faulty } = parts;
  const router = new Router({ prefix: '/api/v1/holds' });
  const onlyWithKey = requiresApiKey(parts.apiKey);

  router.post('/', onlyWithKey, async (ctx) => {
    const { body } = postHold(ctx);
    await faulty(ctx, { name: 'hold', reference: body.reference, event: body.event }, async ({ refused }) =>
      answerHold(ctx, await ledger.hold(body, refused)),
    );
  });

  router.delete('/:reference', onlyWithKey, async (ctx) => {
    const { reference } = oneHold(ctx).params;
    const event = (await ledger.find(reference))?.event;
    await faulty(ctx, { name: 'release', reference, event }, async () => {
      const hold = await ledger.release(reference);
      ctx.body = { reference, state: hold.state };
    });
  });

  router.get('/', onlyWithKey, async (ctx) => {
    const { rows, nextCursor } = await ledger.list(listHolds(ctx).query);
    ctx.body = { holds: rows.map(presentHold), nextCursor };
  });

  router.get('/:reference', onlyWithKey, async (ctx) => {
    const hold = await ledger.find(oneHold(ctx).params.reference);
    if (!hold) throw notFound('hold');
    ctx.body = presentHold(hold);
  });

  return router;
}
