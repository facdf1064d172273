import type { Context } from 'koa';
import { Type } from 'typebox';
import { asksForSeatMap, SeatQuery } from '../../../lib/contracts/catalogue-query.ts';
import { SeatPage } from '../../../lib/contracts/seat.ts';
import { SeatCursor, SeatMap } from '../../../lib/contracts/seat-map.ts';
import { answerWithEvents, eventStreamType } from '../../../lib/http/event-stream.ts';
import { invalidRequest, unavailable } from '../../../lib/http/problem.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes, type RouteAccess } from '../../../lib/http/routes.ts';
import type { FindSeats } from '../commands/find-seats.ts';
import type { ListenToSeats } from '../commands/listen-to-seats.ts';
import type { MapCoding, RenderedMap, ShowSeatMap } from '../commands/show-seat-map.ts';
import { presentSeat, presentSeatToAdmin, SeatToKeeper } from '../presenters/seat.ts';
import { problems } from '../problems.ts';
import { viewerOf } from './access.ts';
import { refused } from './event-problems.ts';
import { EventParams } from './events.schema.ts';
import { SeatParams } from './seats.schema.ts';

interface Parts {
  access: RouteAccess;
  find: FindSeats;
  showMap: ShowSeatMap;
  listen: ListenToSeats['listen'];
}

/** A map is a hint: a second later it may be another one, and while that is fetched this one will do. */
const cacheControl = { public: 'public, max-age=1, stale-while-revalidate=5', keeper: 'private, max-age=1' };

const Page = Type.Object({ ...SeatPage.properties, seats: Type.Array(SeatToKeeper) });

/** Not koa's `fresh`, which lets a request's `no-cache` decide: that is a word to caches, and many programs send it unasked. */
const hasIt = (ctx: Context, version: string): boolean =>
  ctx
    .get('If-None-Match')
    .split(/\s*,\s*/)
    .some((tag) => tag.replace(/^W\//, '') === `"${version}"`);

async function tellMap(ctx: Context, map: RenderedMap): Promise<void> {
  // Weak: the same map has other bytes in each coding, and other moments in its cursor.
  ctx.set('ETag', `W/"${map.version}"`);
  ctx.set('Cache-Control', viewerOf(ctx).kind === 'public' ? cacheControl.public : cacheControl.keeper);
  ctx.vary('Accept-Encoding');
  if (hasIt(ctx, map.version)) {
    ctx.status = 304;
    return;
  }
  const coding = (ctx.acceptsEncodings('br', 'gzip', 'identity') || 'identity') as MapCoding;
  const body = await map.body(coding);
  if (coding !== 'identity') ctx.set('Content-Encoding', coding);
  ctx.compress = false;
  ctx.type = 'application/json';
  ctx.body = body;
}

/** The seats of an event as they are and as they change: for client-app, which shows them to its buyers, and for those who keep events. */
export function seatMapRoutes({ access, find, showMap, listen }: Parts): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Seats', problems });

  async function tellList(ctx: Context, eventId: string, query: Parameters<FindSeats['page']>[1]): Promise<void> {
    const page = await find.page(eventId, query, viewerOf(ctx));
    if (!page) throw refused('unknown_event');
    ctx.body = {
      eventId,
      seats: page.seats.map(page.isKept ? presentSeatToAdmin : presentSeat),
      ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }),
    } satisfies SeatPage;
  }

  routes.get(
    '/events/:eventId/seats',
    {
      id: 'readSeatMap',
      summary: 'The map of all seats, or a list of some',
      description:
        'The map: every seat in its row, in columns, with one letter for its state; compressed, and good for a second. With `view=list`, a filter or a page: seat by seat, as they are at this moment.',
      access,
      request: { params: EventParams, query: SeatQuery },
      headers: { 'If-None-Match': 'The ETag of the map at hand.' },
      answers: {
        200: { description: 'The map, or a page of the list', body: Type.Union([SeatMap, Page]) },
        304: { description: 'The map at hand is still good' },
      },
      problems: ['event_not_found', 'keys_unavailable'],
    },
    async (ctx, { params, query: { view: _, ...query } }) => {
      const wantsMap = asksForSeatMap(ctx.query);
      if (wantsMap === undefined) throw invalidRequest('query.view', 'is map, which has neither filters nor pages');
      if (!wantsMap) return tellList(ctx, params.eventId, query);
      const map = await showMap(params.eventId, viewerOf(ctx));
      if (!map) throw refused('unknown_event');
      return tellMap(ctx, map);
    },
  );

  routes.get(
    '/events/:eventId/seats/changes',
    {
      id: 'listenToSeats',
      summary: 'Changes of seats, as server-sent events',
      description:
        'An event `seats` says what some seats are now: `{"seats":[{"seatId","status","closed"}]}`. An event `reload` says that the map is to be read anew: seats were added, edited or removed, or too much was missed. Begin with the `cursor` of a map; an `EventSource` goes on by itself where it was.',
      access,
      request: { params: EventParams, query: strictObject({ since: Type.Optional(SeatCursor) }) },
      headers: { 'Last-Event-ID': 'The last `id` that was heard; it goes before `since`.' },
      answers: { 200: { description: 'Events, for as long as the caller listens', mediaType: eventStreamType } },
      problems: ['event_not_found', 'too_many_listeners', 'keys_unavailable'],
    },
    async (ctx, { params, query }) => {
      const heard = ctx.get('Last-Event-ID');
      const answer = await listen(params.eventId, viewerOf(ctx), heard === '' ? query.since : heard);
      if (answer.outcome === 'unknown_event') throw refused('unknown_event');
      if (answer.outcome === 'too_many') {
        throw unavailable(
          'too_many_listeners',
          'Too many listen here already. Read the map from time to time, or try again.',
        );
      }
      answerWithEvents(ctx, answer.stream);
    },
  );

  routes.get(
    '/events/:eventId/seats/:seatId',
    {
      id: 'readSeat',
      summary: 'One seat, as it is at this moment',
      access,
      request: { params: SeatParams },
      answers: { 200: { description: 'The seat', body: SeatToKeeper } },
      problems: ['event_not_found', 'seat_not_found', 'keys_unavailable'],
    },
    async (ctx, { params }) => {
      const found = await find.one(params.eventId, params.seatId, viewerOf(ctx));
      if (found.outcome !== 'found') throw refused(found.outcome);
      ctx.body = (found.isKept ? presentSeatToAdmin : presentSeat)(found.seat);
    },
  );

  return routes;
}
