import { Type } from 'typebox';
import { requiresService } from '../../../lib/auth/service-credential.ts';
import { Id } from '../../../lib/contracts/primitives.ts';
import { invalidRequest } from '../../../lib/http/problem.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes, type RouteAccess } from '../../../lib/http/routes.ts';
import { CallNameSchema, FaultKindSchema } from '../faults/fault.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import type { HoldLedger } from '../models/holds.ts';
import { Cursor, EventRef, HoldStateWord, PageLimit, Reference, Seats } from '../vocabulary.ts';
import { HoldView, presentHold } from '../x/presenter.ts';

const Times = Type.Integer({ minimum: 1, maximum: 10_000 });
const about = {
  reference: Type.Optional(Reference),
  event: Type.Optional(EventRef),
  call: Type.Optional({ ...CallNameSchema, description: 'Left out: both.' }),
  fault: FaultKindSchema,
};
const FaultOrder = strictObject(
  { ...about, times: Type.Optional({ ...Times, description: 'Once, if left out.' }) },
  { examples: [{ event: 'X-LKS-01', call: 'hold', fault: 'timeout', times: 3 }] },
);
const OrderedFault = Type.Object({ faultId: Type.Integer(), ...about, times: Type.Integer() });
const FaultList = Type.Object({ faults: Type.Array(OrderedFault) });
const SoldSeats = strictObject({ event: EventRef, seats: Seats });
const SaleElsewhere = Type.Object({
  event: EventRef,
  sold: Type.Array(Id),
  held: Type.Array(Id, { description: 'These were not free: they are held.' }),
});
const Filter = strictObject({
  event: Type.Optional(EventRef),
  state: Type.Optional(HoldStateWord),
  limit: PageLimit,
  cursor: Type.Optional(Cursor),
});
const HoldPage = Type.Object({
  holds: Type.Array(Type.Object({ ...HoldView.properties, refusedSeats: Type.Optional(Type.Array(Id)) })),
  nextCursor: Type.Optional(Type.String()),
});

/**
 * What development and tests need and no organizer would offer: the same routes on both systems, behind
 * `Authorization: Bearer <the system's own key>`.
 */
export function controlRoutes(parts: { ledger: HoldLedger; plan: FaultPlan; credential: string }): DescribedRoutes {
  const { ledger, plan } = parts;
  const access: RouteAccess = {
    permission: 'control.use',
    guard: requiresService([parts.credential]),
    security: ['serviceSecret'],
    problems: ['unauthenticated'],
  };
  const routes = describedRoutes({ tag: 'Control', problems: {} });

  routes.post(
    '/control/faults',
    {
      id: 'orderFault',
      summary: 'Have the next calls about a reference, or about an event, go wrong',
      access,
      request: { body: FaultOrder },
      answers: { 201: { description: 'Ordered', body: OrderedFault } },
    },
    (ctx, { body: { reference, event, call, fault, times = 1 } }) => {
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
    },
  );

  routes.get(
    '/control/faults',
    {
      id: 'listFaults',
      summary: 'The faults that are still to come',
      access,
      answers: { 200: { description: 'Oldest first', body: FaultList } },
    },
    (ctx) => {
      ctx.body = { faults: plan.orders() };
    },
  );

  routes.delete(
    '/control/faults',
    {
      id: 'clearFaults',
      summary: 'Forget the ordered faults, all or those about one reference',
      access,
      request: { query: strictObject({ reference: Type.Optional(Reference) }) },
      answers: { 204: { description: 'Forgotten' } },
    },
    (ctx, { query: { reference } }) => {
      plan.clear(reference);
      ctx.status = 204;
    },
  );

  routes.post(
    '/control/sold-elsewhere',
    {
      id: 'sellElsewhere',
      summary: 'Mark seats as sold elsewhere',
      access,
      request: { body: SoldSeats },
      answers: { 200: { description: 'What came of each', body: SaleElsewhere } },
    },
    async (ctx, { body: { event, seats } }) => {
      ctx.body = { event, ...(await ledger.markSoldElsewhere(event, seats)) };
    },
  );

  routes.get(
    '/control/holds',
    {
      id: 'listAllHolds',
      summary: 'List holds, newest first, with the seats that were refused',
      access,
      request: { query: Filter },
      answers: { 200: { description: 'A page; without `nextCursor` it is the last one', body: HoldPage } },
      problems: ['invalid_cursor'],
    },
    async (ctx, { query }) => {
      const { rows, nextCursor } = await ledger.list(query);
      ctx.body = { holds: rows.map((hold) => ({ ...presentHold(hold), refusedSeats: hold.refusedSeats })), nextCursor };
    },
  );

  return routes;
}
