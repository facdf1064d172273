import Router from '@koa/router';
import type { Context } from 'koa';
import type { Static } from 'typebox';
import type { EventPage } from '../../../lib/contracts/event.ts';
import { etagOf, ifMatch, versionMismatch } from '../../../lib/http/conditional.ts';
import { idempotencyKey } from '../../../lib/http/idempotency-key.ts';
import { invalidRequest } from '../../../lib/http/problem.ts';
import { request } from '../../../lib/http/request.ts';
import type { ChangeAnswer, ChangeEvent } from '../commands/change-event.ts';
import type { CloseEvent } from '../commands/close-event.ts';
import type { CreateEvent } from '../commands/create-event.ts';
import type { EventList } from '../commands/event-query.ts';
import type { FindEvents } from '../commands/find-events.ts';
import type { Change, Viewer } from '../models/event-owner.ts';
import { presentEvent, presentEventToAdmin } from '../presenters/event.ts';
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

const listRequest = request({ query: EventQuery });
const oneEvent = request({ params: EventParams });
const newEvent = request({ body: NewEvent });
const cancelRequest = request({ params: EventParams, body: EventCancellation });
const patchRequest = request({ params: EventParams, body: EventPatch });

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
export function eventRoutes({ access, find, create, change, closing }: Parts): Router {
  const router = new Router();

  async function show(ctx: Context, eventId: string): Promise<void> {
    const found = await find.one(eventId, viewerOf(ctx));
    if (!found) throw refused('unknown_event');
    ctx.set('ETag', etagOf(found.event.version));
    ctx.body = found.isKept ? presentEventToAdmin(found) : presentEvent(found);
  }

  async function tell(ctx: Context, answer: ChangeAnswer): Promise<void> {
    if (answer.outcome === 'invalid') throw invalidRequest(`body.${answer.field}`, answer.message);
    if (answer.outcome === 'version_mismatch') throw versionMismatch(answer.version);
    if (answer.outcome !== 'changed') throw refused(answer.outcome);
    await show(ctx, answer.event._id);
  }

  router.get('/events', access.readers, async (ctx) => {
    const page = await find.page(listOf(listRequest(ctx).query, viewerOf(ctx)));
    const { events, nextCursor } = page;
    ctx.body = {
      events: events.map(presentEvent),
      ...(nextCursor !== undefined && { nextCursor }),
    } satisfies EventPage;
  });

  router.get('/events/:eventId', access.readers, (ctx) => show(ctx, oneEvent(ctx).params.eventId));

  /** Creates a draft. The same id or Idempotency-Key with the same content answers 200 with the event that exists. */
  router.post('/events', access.keepers, async (ctx) => {
    const { doorsAt, cancellableUntil, description = '', ...body } = newEvent(ctx).body;
    const viewer = viewerOf(ctx);
    if (viewer.kind === 'organizer' && (body.ownerId ?? viewer.userId) !== viewer.userId) throw refused('owner_is_set');
    const key = idempotencyKey(ctx);
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
  });

  router.patch('/events/:eventId', access.keepers, async (ctx) => {
    const { params, body } = patchRequest(ctx);
    const { doorsAt, cancellableUntil, ...rest } = body;
    await tell(
      ctx,
      await change.change(
        params.eventId,
        {
          ...instants(rest),
          ...(doorsAt !== undefined && { doorsAt: optionalInstant('body.doorsAt', doorsAt) }),
          ...(cancellableUntil !== undefined && {
            cancellableUntil: optionalInstant('body.cancellableUntil', cancellableUntil),
          }),
        },
        changeBy(ctx),
      ),
    );
  });

  router.post('/events/:eventId/publish', access.keepers, async (ctx) => {
    await tell(ctx, await change.move(oneEvent(ctx).params.eventId, 'published', changeBy(ctx)));
  });

  router.post('/events/:eventId/end', access.keepers, async (ctx) => {
    await tell(ctx, await change.move(oneEvent(ctx).params.eventId, 'ended', changeBy(ctx)));
  });

  /**
   * 200 once the event is cancelled. While bookings are still being cancelled and their money is returned: 202, with how
   * far that is; a repeat tells the same of then.
   */
  router.post('/events/:eventId/cancel', access.keepers, async (ctx) => {
    const { params, body } = cancelRequest(ctx);
    const answer = await closing.cancel(params.eventId, changeBy(ctx), body.reason);
    if (answer.outcome === 'version_mismatch') throw versionMismatch(answer.version);
    if (answer.outcome !== 'cancelled' && answer.outcome !== 'cancelling') throw refused(answer.outcome);
    await show(ctx, params.eventId);
    ctx.status = answer.outcome === 'cancelled' ? 200 : 202;
  });

  /** With its seats; 409 `event_has_bookings` if any of them is held or sold. */
  router.delete('/events/:eventId', access.keepers, async (ctx) => {
    const answer = await closing.remove(oneEvent(ctx).params.eventId, changeBy(ctx));
    if (answer.outcome === 'version_mismatch') throw versionMismatch(answer.version);
    if (answer.outcome !== 'removed') throw refused(answer.outcome);
    ctx.status = 204;
  });

  return router;
}
