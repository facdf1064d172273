import { Type } from 'typebox';
import { serviceCredential } from '../../../lib/auth/service-credential.ts';
import {
  BookingInTicketing,
  IdPage,
  NotificationDelivery,
  OpenWorkView,
  ReleaseHold,
  ReleaseHoldAnswer,
} from '../../../lib/contracts/operations.ts';
import { Id, Instant, oneOf } from '../../../lib/contracts/primitives.ts';
import { accessBy, recognizesServices } from '../../../lib/http/access.ts';
import { notFound } from '../../../lib/http/problem.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import type { InspectBooking } from '../commands/inspect-booking.ts';
import type { ListIds } from '../commands/list-ids.ts';
import type { PriceList } from '../commands/price-list.ts';
import type { ReleaseHold as ReleaseHoldCommand } from '../commands/release-hold.ts';
import type { Deliveries } from '../models/deliveries.ts';
import type { ReadOpenWork } from '../models/open-work.ts';
import { presentInspected, presentNotification, presentOpenWork } from '../presenters/operations.ts';
import { problems } from '../problems.ts';
import { instant } from './instants.ts';

export interface OperationParts {
  serviceSecrets: readonly string[];
  inspect: InspectBooking;
  releaseHold: ReleaseHoldCommand;
  openWork: ReadOpenWork;
  deliveries: Deliveries;
  listIds: ListIds;
  prices: PriceList;
}

const OneBooking = Type.Object({ bookingId: Id });
const DeliveryFilter = strictObject({
  status: Type.Optional(oneOf(['delivered', 'pending'])),
  since: Type.Optional(Instant),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
});
const DeliveryPage = Type.Object({
  deliveries: Type.Array(NotificationDelivery),
  nextCursor: Type.Optional(Type.String()),
});
const IdFilter = strictObject({
  eventId: Type.Optional(Id),
  after: Type.Optional(Id),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 200 }),
});

/** What operators ask and do, by the command line `kursi`: with a service's credential, never with a buyer's token. */
export function operationRoutes(parts: OperationParts): DescribedRoutes {
  const { inspect, releaseHold, openWork, deliveries, listIds, prices } = parts;
  const access = accessBy({ service: recognizesServices(serviceCredential(parts.serviceSecrets)) });
  const routes = describedRoutes({ tag: 'Operations', problems });

  routes.get(
    '/operations/bookings/:bookingId',
    {
      id: 'inspectBooking',
      summary: 'Everything that ticket-app keeps of a booking',
      access: access('operations.read'),
      request: { params: OneBooking },
      answers: { 200: { description: 'Booking, seats, ticket, webhooks, place in a queue', body: BookingInTicketing } },
      problems: ['booking_not_found'],
    },
    async (ctx, { params }) => {
      const found = await inspect(params.bookingId);
      if (!found) throw notFound('booking');
      ctx.body = presentInspected(found);
    },
  );

  routes.post(
    '/operations/bookings/:bookingId/release-hold',
    {
      id: 'releaseHold',
      summary: 'Give back the seats of a booking that is not sold',
      description:
        'The invoice is voided first, by the booking’s workflow or, where that is gone, by one that does what it left. Refused once money moved. Safe to repeat.',
      access: access('operations.act'),
      request: { params: OneBooking, body: ReleaseHold },
      answers: { 200: { description: 'What was done, would be done, or why not', body: ReleaseHoldAnswer } },
      problems: ['booking_not_found', 'neighbour_unavailable'],
    },
    async (ctx, { params, body }) => {
      const answer = await releaseHold(params.bookingId, body);
      if (!answer) throw notFound('booking');
      const { plan, outcome, heldSeatIds, booking } = answer;
      ctx.body = { plan, outcome, heldSeatIds, status: booking.status };
    },
  );

  routes.get(
    '/operations/open-work',
    {
      id: 'readOpenWork',
      summary: 'What is to come to an end: how much of each kind, and the oldest',
      access: access('operations.read'),
      answers: { 200: { description: 'By kind', body: OpenWorkView } },
    },
    async (ctx) => {
      ctx.body = presentOpenWork(await openWork());
    },
  );

  routes.get(
    '/operations/webhook-deliveries',
    {
      id: 'listNotifications',
      summary: 'List the webhooks to client-app, newest first',
      access: access('operations.read'),
      request: { query: DeliveryFilter },
      answers: { 200: { description: 'A page; without `nextCursor` it is the last one', body: DeliveryPage } },
      problems: ['invalid_cursor'],
    },
    async (ctx, { query: { since, ...query } }) => {
      const page = await deliveries.page({
        ...query,
        ...(since !== undefined && { since: instant('query.since', since) }),
      });
      const { rows, nextCursor } = page;
      ctx.body = { deliveries: rows.map(presentNotification), ...(nextCursor !== undefined && { nextCursor }) };
    },
  );

  for (const kind of ['bookings', 'waitlist-entries', 'events'] as const) {
    routes.get(
      `/operations/ids/${kind}`,
      {
        id: `listIdsOf${kind === 'waitlist-entries' ? 'Entries' : kind === 'events' ? 'Events' : 'Bookings'}`,
        summary: `List the ids of ${kind.replace('-', ' ')}, for walking through them all`,
        access: access('operations.read'),
        request: { query: IdFilter },
        answers: { 200: { description: 'A page; without `next` it is the last one', body: IdPage } },
      },
      async (ctx, { query }) => {
        ctx.body = await listIds(kind, query);
      },
    );
  }

  routes.post(
    '/operations/events/:eventId/rebuild',
    {
      id: 'rebuildEvent',
      summary: 'Work out again what is kept of an event’s seats on the event: its prices',
      description: 'Safe to repeat.',
      access: access('operations.act'),
      request: { params: Type.Object({ eventId: Id }) },
      answers: { 204: { description: 'Done' } },
    },
    async (ctx, { params }) => {
      await prices.renew(params.eventId);
      ctx.status = 204;
    },
  );

  return routes;
}
