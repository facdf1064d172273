import type { Context, Middleware } from 'koa';
import { Type } from 'typebox';
import type { Permission } from '../../../lib/auth/permissions.ts';
import { serviceCredential } from '../../../lib/auth/service-credential.ts';
import { notFound, Problem } from '../../../lib/http/problem.ts';
import { type DescribedRoutes, describedRoutes, type RouteAccess } from '../../../lib/http/routes.ts';
import type { FaultyCalls } from '../faults/with-faults.ts';
import type { HoldAnswer, HoldLedger } from '../models/holds.ts';
import { Cursor, EventRef, HoldStateWord, PageLimit, Reference, Seats } from '../vocabulary.ts';
import { HoldView, presentHold } from './presenter.ts';
import { problems } from './problems.ts';

const NewHold = Type.Object({ reference: Reference, event: EventRef, seats: Seats });
const one = Type.Object({ reference: Reference });
const Filter = Type.Object({
  event: Type.Optional(EventRef),
  state: Type.Optional(HoldStateWord),
  limit: PageLimit,
  cursor: Type.Optional(Cursor),
});
const HoldPage = Type.Object({ holds: Type.Array(HoldView), nextCursor: Type.Optional(Type.String()) });
const Released = Type.Object({ reference: Reference, state: HoldStateWord });

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
export function xRoutes(parts: { ledger: HoldLedger; faulty: FaultyCalls; apiKey: string }): DescribedRoutes {
  const { ledger, faulty } = parts;
  const guard = requiresApiKey(parts.apiKey);
  const withKey = (permission: Permission): RouteAccess => ({
    permission,
    guard,
    security: ['organizerKey'],
    problems: [],
  });
  const routes = describedRoutes({ tag: 'Holds', problems });

  routes.post(
    '/api/v1/holds',
    {
      id: 'hold',
      summary: 'Hold seats under a reference of yours',
      description: 'All or none. A repeat answers 200 with the hold that exists.',
      access: withKey('holds.create'),
      request: { body: NewHold },
      answers: {
        200: { description: 'It exists already', body: HoldView },
        201: { description: 'Held', body: HoldView },
      },
      problems: ['invalid_api_key', 'seats_unavailable', 'released', 'reference_reused', 'overloaded'],
    },
    (ctx, { body }) =>
      faulty(ctx, { name: 'hold', reference: body.reference, event: body.event }, async ({ refused }) =>
        answerHold(ctx, await ledger.hold(body, refused)),
      ),
  );

  routes.delete(
    '/api/v1/holds/:reference',
    {
      id: 'release',
      summary: 'Release a hold, or see to it that it never comes to be',
      description: 'Safe to repeat. A reference that is not known yet can hold nothing after it.',
      access: withKey('holds.release'),
      request: { params: one },
      answers: { 200: { description: 'Released', body: Released } },
      problems: ['invalid_api_key', 'overloaded'],
    },
    async (ctx, { params: { reference } }) => {
      const event = (await ledger.find(reference))?.event;
      await faulty(ctx, { name: 'release', reference, event }, async () => {
        const hold = await ledger.release(reference);
        ctx.body = { reference, state: hold.state };
      });
    },
  );

  routes.get(
    '/api/v1/holds',
    {
      id: 'listHolds',
      summary: 'List holds, newest first',
      access: withKey('holds.read'),
      request: { query: Filter },
      answers: { 200: { description: 'A page; without `nextCursor` it is the last one', body: HoldPage } },
      problems: ['invalid_api_key', 'invalid_cursor'],
    },
    async (ctx, { query }) => {
      const { rows, nextCursor } = await ledger.list(query);
      ctx.body = { holds: rows.map(presentHold), nextCursor };
    },
  );

  routes.get(
    '/api/v1/holds/:reference',
    {
      id: 'readHold',
      summary: 'Read a hold',
      access: withKey('holds.read'),
      request: { params: one },
      answers: { 200: { description: 'The hold', body: HoldView } },
      problems: ['invalid_api_key', 'hold_not_found'],
    },
    async (ctx, { params }) => {
      const hold = await ledger.find(params.reference);
      if (!hold) throw notFound('hold');
      ctx.body = presentHold(hold);
    },
  );

  return routes;
}
