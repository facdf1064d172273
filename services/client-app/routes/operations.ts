import { Type } from 'typebox';
import { BookingInHistory, Reproject, Reprojected } from '../../../lib/contracts/operations.ts';
import { Id } from '../../../lib/contracts/primitives.ts';
import { notFound } from '../../../lib/http/problem.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { accessOf } from '../auth/access.ts';
import { reprojectBookings, reprojectEntries } from '../commands/reproject.ts';
import type { Dependencies } from '../dependencies.ts';
import { presentInHistory } from '../presenters/operations.ts';
import { problems } from '../problems.ts';

/** What operators ask and do, by the command line `kursi`: with a service's credential, never with a buyer's token. */
export function operationRoutes(dependencies: Dependencies): DescribedRoutes {
  const to = accessOf(dependencies);
  const routes = describedRoutes({ tag: 'Operations', problems });

  routes.get(
    '/operations/bookings/:reference',
    {
      id: 'inspectBooking',
      summary: 'A booking as the buyer’s history has it, by its id or its number',
      access: to('operations.read'),
      request: { params: Type.Object({ reference: Id }) },
      answers: { 200: { description: 'The row, without names', body: BookingInHistory } },
      problems: ['booking_not_found'],
    },
    async (ctx, { params }) => {
      const booking = await dependencies.bookings.byReference(params.reference);
      if (!booking) throw notFound('booking');
      ctx.body = presentInHistory(booking);
    },
  );

  routes.post(
    '/operations/projections/bookings',
    {
      id: 'reprojectBookings',
      summary: 'Ask ticket-app about bookings again, and store what it tells',
      description: 'Also of bookings that are not known here. Safe to repeat.',
      access: to('operations.act'),
      request: { body: Reproject },
      answers: { 200: { description: 'What came of each', body: Reprojected } },
    },
    async (ctx, { body }) => {
      ctx.body = { results: await reprojectBookings(dependencies, body.ids) };
    },
  );

  routes.post(
    '/operations/projections/waitlist-entries',
    {
      id: 'reprojectEntries',
      summary: 'Ask ticket-app about places in queues again, and store what it tells',
      description: 'Also of places that are not known here. Safe to repeat.',
      access: to('operations.act'),
      request: { body: Reproject },
      answers: { 200: { description: 'What came of each', body: Reprojected } },
    },
    async (ctx, { body }) => {
      ctx.body = { results: await reprojectEntries(dependencies, body.ids) };
    },
  );

  return routes;
}
