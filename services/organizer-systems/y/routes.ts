import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { Type } from 'typebox';
import { oneOf } from '../../../lib/contracts/primitives.ts';
import { Problem } from '../../../lib/http/problem.ts';
import { request } from '../../../lib/http/request.ts';
import type { FaultyCalls } from '../faults/with-faults.ts';
import type { HoldAnswer, HoldLedger } from '../models/holds.ts';
import { Cursor, EventRef, PageLimit, Reference, Seats } from '../vocabulary.ts';
import { presentAllotment, stateOfStatus } from './presenter.ts';
import { requiresSignature } from './signed-requests.ts';

const allot = request({
  params: Type.Object({ ref: Reference }),
  body: Type.Object({ performance: EventRef, places: Seats }),
});
const oneAllotment = request({ params: Type.Object({ ref: Reference }) });
const listAllotments = request({
  query: Type.Object({
    performance: Type.Optional(EventRef),
    status: Type.Optional(oneOf(['PENDING', 'BLOCKED', 'DENIED', 'FREED'])),
    max: PageLimit,
    after: Type.Optional(Cursor),
  }),
});

/** Y knows no problem+json: `{fault: {code, text}}`, codes in capitals. */
const inWordsOfY: Middleware = async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    ctx.status = error.status;
    ctx.set(error.headers);
    ctx.body = { fault: { code: error.code.toUpperCase(), text: error.message, ...error.members } };
  }
};

function answerAllotment(ctx: Context, answer: HoldAnswer): void {
  if (answer.outcome === 'reused') throw new Problem(409, 'ref_in_use', 'This ref belongs to other places.');
  ctx.body = { allotment: presentAllotment(answer.hold) };
}

/** System Y: signed requests, allotments put under the caller's ref; how it went stands in the allotment's status, under 200. */
export function yRoutes(parts: { ledger: HoldLedger; faulty: FaultyCalls; keyId: string; secret: string }): Router {
  const { ledger, faulty } = parts;
  const router = new Router({ prefix: '/allotments' });
  router.use(inWordsOfY, requiresSignature(parts.keyId, parts.secret));

  router.put('/:ref', async (ctx) => {
    const { params, body } = allot(ctx);
    const call = { reference: params.ref, event: body.performance };
    await faulty(ctx, { name: 'hold', ...call }, async ({ refused }) =>
      answerAllotment(ctx, await ledger.hold({ ...call, seats: body.places }, refused)),
    );
  });

  router.post('/:ref/free', async (ctx) => {
    const reference = oneAllotment(ctx).params.ref;
    const event = (await ledger.find(reference))?.event;
    await faulty(ctx, { name: 'release', reference, event }, async () => {
      ctx.body = { allotment: presentAllotment(await ledger.release(reference)) };
    });
  });

  router.get('/', async (ctx) => {
    const { performance, status, max, after } = listAllotments(ctx).query;
    const { rows, nextCursor } = await ledger.list({
      event: performance,
      state: status && stateOfStatus(status),
      cursor: after,
      limit: max,
    });
    ctx.body = { allotments: rows.map(presentAllotment), next: nextCursor };
  });

  router.get('/:ref', async (ctx) => {
    const hold = await ledger.find(oneAllotment(ctx).params.ref);
    if (!hold) throw new Problem(404, 'unknown_ref', 'Nothing was ever allotted under this ref.');
    ctx.body = { allotment: presentAllotment(hold) };
  });

  return router;
}
