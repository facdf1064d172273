import type { Context } from 'koa';
import { Type } from 'typebox';
import type { Permission } from '../../../lib/auth/permissions.ts';
import { Problem } from '../../../lib/http/problem.ts';
import { type DescribedRoutes, describedRoutes, type RouteAccess } from '../../../lib/http/routes.ts';
import type { FaultyCalls } from '../faults/with-faults.ts';
import type { HoldAnswer, HoldLedger } from '../models/holds.ts';
import { Cursor, EventRef, PageLimit, Reference, Seats } from '../vocabulary.ts';
import { faults, inWordsOfY, refInUse, unknownRef } from './faults.ts';
import { AllotmentStatus, AllotmentView, presentAllotment, stateOfStatus } from './presenter.ts';
import { requiresSignature } from './signed-requests.ts';

const one = Type.Object({ ref: Reference });
const Wanted = Type.Object({ performance: EventRef, places: Seats });
const Filter = Type.Object({
  performance: Type.Optional(EventRef),
  status: Type.Optional(AllotmentStatus),
  max: PageLimit,
  after: Type.Optional(Cursor),
});
const Told = Type.Object({ allotment: AllotmentView });
const AllotmentPage = Type.Object({ allotments: Type.Array(AllotmentView), next: Type.Optional(Type.String()) });

const around = [inWordsOfY];
const signed = {
  'Y-Key-Id': 'Which key signs.',
  'Y-Timestamp': 'Unix time in seconds; at most five minutes away.',
};

function answerAllotment(ctx: Context, answer: HoldAnswer): void {
  if (answer.outcome === 'reused') throw new Problem(409, 'ref_in_use', 'This ref belongs to other places.');
  ctx.body = { allotment: presentAllotment(answer.hold) };
}

/** System Y: signed requests, allotments put under the caller's ref; how it went stands in the allotment's status, under 200. */
export function yRoutes(parts: {
  ledger: HoldLedger;
  faulty: FaultyCalls;
  keyId: string;
  secret: string;
}): DescribedRoutes {
  const { ledger, faulty } = parts;
  const guard = requiresSignature(parts.keyId, parts.secret);
  const access = (permission: Permission): RouteAccess => ({
    permission,
    guard,
    security: ['organizerSignature'],
    problems: [],
  });
  const routes = describedRoutes({ tag: 'Allotments', problems: {} });

  routes.put(
    '/allotments/:ref',
    {
      id: 'allot',
      summary: 'Block places under a ref of yours',
      description: 'All or none. Safe to repeat. How it went stands in `status`.',
      access: access('holds.create'),
      around,
      headers: signed,
      request: { params: one, body: Wanted },
      answers: { 200: { description: 'BLOCKED, DENIED or FREED', body: Told }, ...faults, 409: refInUse },
    },
    async (ctx, { params, body }) => {
      const call = { reference: params.ref, event: body.performance };
      await faulty(ctx, { name: 'hold', ...call }, async ({ refused }) =>
        answerAllotment(ctx, await ledger.hold({ ...call, seats: body.places }, refused)),
      );
    },
  );

  routes.post(
    '/allotments/:ref/free',
    {
      id: 'free',
      summary: 'Free places, or see to it that they are never blocked',
      description: 'Safe to repeat. A ref that is not known yet can block nothing after it.',
      access: access('holds.release'),
      around,
      headers: signed,
      request: { params: one },
      answers: { 200: { description: 'FREED', body: Told }, ...faults },
    },
    async (ctx, { params: { ref: reference } }) => {
      const event = (await ledger.find(reference))?.event;
      await faulty(ctx, { name: 'release', reference, event }, async () => {
        ctx.body = { allotment: presentAllotment(await ledger.release(reference)) };
      });
    },
  );

  routes.get(
    '/allotments',
    {
      id: 'listAllotments',
      summary: 'List allotments, newest first',
      access: access('holds.read'),
      around,
      headers: signed,
      request: { query: Filter },
      answers: { 200: { description: 'A page; without `next` it is the last one', body: AllotmentPage }, ...faults },
    },
    async (ctx, { query: { performance, status, max, after } }) => {
      const { rows, nextCursor } = await ledger.list({
        event: performance,
        state: status && stateOfStatus(status),
        cursor: after,
        limit: max,
      });
      ctx.body = { allotments: rows.map(presentAllotment), next: nextCursor };
    },
  );

  routes.get(
    '/allotments/:ref',
    {
      id: 'readAllotment',
      summary: 'Read an allotment',
      access: access('holds.read'),
      around,
      headers: signed,
      request: { params: one },
      answers: { 200: { description: 'The allotment', body: Told }, ...faults, 404: unknownRef },
    },
    async (ctx, { params }) => {
      const hold = await ledger.find(params.ref);
      if (!hold) throw new Problem(404, 'unknown_ref', 'Nothing was ever allotted under this ref.');
      ctx.body = { allotment: presentAllotment(hold) };
    },
  );

  return routes;
}
