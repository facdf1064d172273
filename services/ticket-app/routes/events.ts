import Router from '@koa/router';
import type { Context } from 'koa';
import type { Static } from 'typebox';
import type { EventPage } from '../../../lib/contracts/event.ts';
import { idempotencyKey } from '../../../lib/http/idempotency-key.ts';
import { invalidRequest } from '../../../lib/http/problem.ts';
import { request } from '../../../lib/http/request.ts';
import type { ChangeAnswer, ChangeEvent } from '../commands/change-event.ts';
import type { CloseEvent } from '../commands/close-event.ts';
import type { CreateEvent } from '../commands/create-event.ts';
import type { EventFilter, FindEvents } from '../commands/find-events.ts';
import { presentEvent, presentEventToAdmin } from '../presenters/event.ts';
import { type Access, type Caller, isAdmin } from './access.ts';
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

/** Buyers see what is published, unless a status is named; drafts are for admins, who see everything. */
function filterOf(query: Static<typeof EventQuery>, admin: boolean): EventFilter {
  const { from, to, status, ...rest } = query;
  const wanted = status ?? (admin ? undefined : 'published');
  return {
    ...rest,
    ...(wanted !== undefined && { status: wanted }),
    ...(from !== undefined && { from: instant('query.from', from) }),
    ...(to !== undefined && { to: instant('query.to', to) }),
    drafts: admin,
  };
}

/** Events: read by client-app for its buyers, and kept by admins. */
export function eventRoutes({ access, find, create, change, closing }: Parts): Router {
  const router = new Router();

  async function show(ctx: Context, eventId: string): Promise<void> {
    const found = await find.one(eventId, isAdmin(ctx));
    if (!found) throw refused('unknown_event');
    ctx.body = isAdmin(ctx) ? presentEventToAdmin(found) : presentEvent(found);
  }

  async function tell(ctx: Context, answer: ChangeAnswer): Promise<void> {
    if (answer.outcome === 'invalid') throw invalidRequest(`body.${answer.field}`, answer.message);
    if (answer.outcome !== 'changed') throw refused(answer.outcome);
    await show(ctx, answer.event._id);
  }

  router.get('/events', access.readers, async (ctx) => {
    const page = await find.page(filterOf(listRequest(ctx).query, isAdmin(ctx)));
    const { events, nextCursor } = page;
    ctx.body = {
      events: events.map(presentEvent),
      ...(nextCursor !== undefined && { nextCursor }),
    } satisfies EventPage;
  });

  router.get('/events/:eventId', access.readers, (ctx) => show(ctx, oneEvent(ctx).params.eventId));

  /** Creates a draft. The same id or Idempotency-Key with the same content answers 200 with the event that exists. */
  router.post('/events', access.admins, async (ctx) => {
    const { doorsAt, cancellableUntil, description = '', ...body } = newEvent(ctx).body;
    const { userId } = ctx.state.caller as Extract<Caller, { kind: 'admin' }>;
    const key = idempotencyKey(ctx);
    const fields = {
      ...instants(body),
      description,
      ...(doorsAt !== undefined && { doorsAt: instant('body.doorsAt', doorsAt) }),
      ...(cancellableUntil !== undefined && { cancellableUntil: instant('body.cancellableUntil', cancellableUntil) }),
    };
    const answer = await create(fields, key === undefined ? undefined : { userId, key });
    if (answer.outcome === 'invalid') throw invalidRequest(`body.${answer.field}`, answer.message);
    if (answer.outcome === 'taken') throw refused('taken');
    await show(ctx, answer.event._id);
    ctx.status = answer.outcome === 'created' ? 201 : 200;
    ctx.set('Location', `/events/${answer.event._id}`);
  });

  router.patch('/events/:eventId', access.admins, async (ctx) => {
    const { params, body } = patchRequest(ctx);
    const { doorsAt, cancellableUntil, city, ...rest } = body;
    await tell(
      ctx,
      await change.change(params.eventId, {
        ...instants(rest),
        ...(city !== undefined && { city, cityKey: city.toLowerCase() }),
        ...(doorsAt !== undefined && { doorsAt: optionalInstant('body.doorsAt', doorsAt) }),
        ...(cancellableUntil !== undefined && {
          cancellableUntil: optionalInstant('body.cancellableUntil', cancellableUntil),
        }),
      }),
    );
  });

  router.post('/events/:eventId/publish', access.admins, async (ctx) => {
    await tell(ctx, await change.move(oneEvent(ctx).params.eventId, 'published'));
  });

  router.post('/events/:eventId/end', access.admins, async (ctx) => {
    await tell(ctx, await change.move(oneEvent(ctx).params.eventId, 'ended'));
  });

  /**
   * 200 once the event is cancelled. While bookings are still being cancelled and their money is returned: 202, with how
   * far that is; a repeat tells the same of then.
   */
  router.post('/events/:eventId/cancel', access.admins, async (ctx) => {
    const { params, body } = cancelRequest(ctx);
    const answer = await closing.cancel(params.eventId, body.reason);
    if (answer !== 'cancelled' && answer !== 'cancelling') throw refused(answer);
    await show(ctx, params.eventId);
    ctx.status = answer === 'cancelled' ? 200 : 202;
  });

  /** With its seats; 409 `event_has_bookings` if any of them is held or sold. */
  router.delete('/events/:eventId', access.admins, async (ctx) => {
    const answer = await closing.remove(oneEvent(ctx).params.eventId);
    if (answer !== 'removed') throw refused(answer);
    ctx.status = 204;
  });

  return router;
}
