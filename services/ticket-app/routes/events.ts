import type { Context } from 'koa';
import type { Static } from 'typebox';
import { EventPage, EventView } from '../../../lib/contracts/event.ts';
import { etagOf, ifMatch, versionMismatch } from '../../../lib/http/conditional.ts';
import { invalidRequest } from '../../../lib/http/problem.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import type { ChangeAnswer, ChangeEvent } from '../commands/change-event.ts';
import type { CloseEvent } from '../commands/close-event.ts';
import type { CreateEvent } from '../commands/create-event.ts';
import type { EventList } from '../commands/event-query.ts';
import type { FindEvents } from '../commands/find-events.ts';
import type { Change, Viewer } from '../models/event-owner.ts';
import { presentEvent, presentEventToAdmin } from '../presenters/event.ts';
import { problems } from '../problems.ts';
import { type Access, userOf, viewerOf } from './access.ts';
import { refused } from './event-problems.ts';
import { EventCancellation, EventParams, EventPatch, EventQuery, NewEvent } from './events.schema.ts';
import { instant, instants, optionalInstant } from './instants.ts';

interface Parts {
  access: Access;
  find: FindEvents;
  create: CreateEvent;
  change: ChangeEvent;
  closing: CloseEvent;
}

const forKeepers = ['event_not_found', 'not_your_event', 'keys_unavailable'] as const;
const conditional = { 'If-Match': 'The ETag of the version that was read: another one is 412' };
const shown = (description: string) => ({ description, body: EventView, headers: { ETag: 'Its version' } });

function listOf(query: Static<typeof EventQuery>, viewer: Viewer): EventList {
  const { from, to, ...rest } = query;
  return {
    ...rest,
    ...(from !== undefined && { from: instant('query.from', from) }),
    ...(to !== undefined && { to: instant('query.to', to) }),
    viewer,
  };
}

/** Who changes the event, and of which version they have read it (`If-Match`). */
const changeBy = (ctx: Context): Change => ({ viewer: viewerOf(ctx), version: ifMatch(ctx) });

/** Events: read by client-app for its buyers, and kept by organizers and admins. */
export function eventRoutes(parts: Parts): DescribedRoutes {
  return [...readingRoutes(parts), ...changingRoutes(parts), ...closingRoutes(parts)];
}

type Show = (ctx: Context, eventId: string) => Promise<void>;

const showBy =
  (find: FindEvents): Show =>
  async (ctx, eventId) => {
    const found = await find.one(eventId, viewerOf(ctx));
    if (!found) throw refused('unknown_event');
    ctx.set('ETag', etagOf(found.event.version));
    ctx.body = found.isKept ? presentEventToAdmin(found) : presentEvent(found);
  };

function readingRoutes({ access, find }: Parts): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Events', problems });
  const show = showBy(find);

  routes.get(
    '/events',
    {
      id: 'listEvents',
      summary: 'List and search events',
      description:
        'Published ones that are to come, soonest first, unless asked otherwise; to those who keep events also their drafts. A cursor is good for the filters and the order it came with.',
      access: access.to('events.read'),
      request: { query: EventQuery },
      answers: { 200: { description: 'A page; without `nextCursor` it is the last one', body: EventPage } },
      problems: ['invalid_cursor', 'keys_unavailable'],
    },
    async (ctx, { query }) => {
      const { events, nextCursor } = await find.page(listOf(query, viewerOf(ctx)));
      ctx.body = {
        events: events.map(presentEvent),
        ...(nextCursor !== undefined && { nextCursor }),
      } satisfies EventPage;
    },
  );

  routes.get(
    '/events/:eventId',
    {
      id: 'readEvent',
      summary: 'Read an event',
      access: access.to('events.read'),
      request: { params: EventParams },
      answers: { 200: shown('The event') },
      problems: ['event_not_found', 'keys_unavailable'],
    },
    (ctx, { params }) => show(ctx, params.eventId),
  );

  return routes;
}

function changingRoutes({ access, find, create, change }: Parts): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Events', problems });
  const show = showBy(find);

  async function tell(ctx: Context, answer: ChangeAnswer): Promise<void> {
    if (answer.outcome === 'invalid') throw invalidRequest(`body.${answer.field}`, answer.message);
    if (answer.outcome === 'version_mismatch') throw versionMismatch(answer.version);
    if (answer.outcome !== 'changed') throw refused(answer.outcome);
    await show(ctx, answer.event._id);
  }

  routes.post(
    '/events',
    {
      id: 'createEvent',
      summary: 'Create an event, as a draft',
      description:
        'The same id, or the same Idempotency-Key, with the same content answers 200 with the event there is.',
      access: access.to('events.create'),
      idempotencyKey: 'optional',
      request: { body: NewEvent },
      answers: {
        200: { ...shown('It exists already'), headers: { ETag: 'Its version', Location: 'The event' } },
        201: { ...shown('Created'), headers: { ETag: 'Its version', Location: 'The event' } },
      },
      problems: ['event_not_found', 'event_exists', 'event_ref_taken', 'keys_unavailable'],
    },
    async (ctx, { body: { doorsAt, cancellableUntil, description = '', ...body }, key }) => {
      const viewer = viewerOf(ctx);
      if (viewer.kind === 'organizer' && (body.ownerId ?? viewer.userId) !== viewer.userId) {
        throw refused('owner_is_set');
      }
      if (viewer.kind === 'organizer' && (body.holdSeconds ?? body.offerSeconds) !== undefined) {
        throw refused('times_are_set');
      }
      const fields = {
        ...instants(body),
        ...(viewer.kind === 'organizer' && { ownerId: viewer.userId }),
        description,
        ...(doorsAt !== undefined && { doorsAt: instant('body.doorsAt', doorsAt) }),
        ...(cancellableUntil !== undefined && { cancellableUntil: instant('body.cancellableUntil', cancellableUntil) }),
      };
      const answer = await create(fields, key === undefined ? undefined : { user: userOf(ctx), key });
      if (answer.outcome === 'invalid') throw invalidRequest(`body.${answer.field}`, answer.message);
      if (!('event' in answer)) throw refused(answer.outcome);
      await show(ctx, answer.event._id);
      ctx.status = answer.outcome === 'created' ? 201 : 200;
      ctx.set('Location', `/events/${answer.event._id}`);
    },
  );

  routes.patch(
    '/events/:eventId',
    {
      id: 'changeEvent',
      summary: 'Change what is named; null takes an optional field away',
      access: access.to('events.change'),
      request: { params: EventParams, body: EventPatch },
      headers: conditional,
      answers: { 200: shown('The event as changed') },
      problems: [...forKeepers, 'event_busy', 'event_ref_taken', 'wrong_status', 'version_mismatch'],
    },
    async (ctx, { params, body: { doorsAt, cancellableUntil, ...rest } }) => {
      const changes = {
        ...instants(rest),
        ...(doorsAt !== undefined && { doorsAt: optionalInstant('body.doorsAt', doorsAt) }),
        ...(cancellableUntil !== undefined && {
          cancellableUntil: optionalInstant('body.cancellableUntil', cancellableUntil),
        }),
      };
      await tell(ctx, await change.change(params.eventId, changes, changeBy(ctx)));
    },
  );

  const moves = { publish: 'published', end: 'ended' } as const;
  for (const [verb, status] of Object.entries(moves)) {
    routes.post(
      `/events/:eventId/${verb}`,
      {
        id: `${verb}Event`,
        summary: verb === 'publish' ? 'Put an event on show' : 'End an event: nothing of it is sold any more',
        description: 'Idempotent.',
        access: access.to('events.change'),
        request: { params: EventParams },
        headers: conditional,
        answers: { 200: shown('The event as it then stands') },
        problems: [...forKeepers, 'event_busy', 'wrong_status', 'version_mismatch'],
      },
      async (ctx, { params }) => tell(ctx, await change.move(params.eventId, status, changeBy(ctx))),
    );
  }

  return routes;
}

function closingRoutes({ access, find, closing }: Parts): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Events', problems });
  const show = showBy(find);

  routes.post(
    '/events/:eventId/cancel',
    {
      id: 'cancelEvent',
      summary: 'Cancel an event: every booking is cancelled, and its money returned',
      description: 'Idempotent: a repeat tells how far it is.',
      access: access.to('events.change'),
      request: { params: EventParams, body: EventCancellation },
      headers: conditional,
      answers: {
        200: shown('It is cancelled'),
        202: shown('Bookings are being cancelled; `cancellation` tells how far'),
      },
      problems: [...forKeepers, 'event_busy', 'wrong_status', 'version_mismatch'],
    },
    async (ctx, { params, body }) => {
      const answer = await closing.cancel(params.eventId, changeBy(ctx), body.reason);
      if (answer.outcome === 'version_mismatch') throw versionMismatch(answer.version);
      if (answer.outcome !== 'cancelled' && answer.outcome !== 'cancelling') throw refused(answer.outcome);
      await show(ctx, params.eventId);
      ctx.status = answer.outcome === 'cancelled' ? 200 : 202;
    },
  );

  routes.delete(
    '/events/:eventId',
    {
      id: 'deleteEvent',
      summary: 'Delete an event with its seats, none of which is held or sold',
      access: access.to('events.delete'),
      request: { params: EventParams },
      headers: conditional,
      answers: { 204: { description: 'It is gone' } },
      problems: [...forKeepers, 'event_busy', 'event_has_bookings', 'version_mismatch'],
    },
    async (ctx, { params }) => {
      const answer = await closing.remove(params.eventId, changeBy(ctx));
      if (answer.outcome === 'version_mismatch') throw versionMismatch(answer.version);
      if (answer.outcome !== 'removed') throw refused(answer.outcome);
      ctx.status = 204;
    },
  );

  return routes;
}
