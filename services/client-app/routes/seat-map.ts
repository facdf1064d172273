import type { Context } from 'koa';
import { Type } from 'typebox';
import { SeatQuery } from '../../../lib/contracts/catalogue-query.ts';
import { Id } from '../../../lib/contracts/primitives.ts';
import { SeatPage } from '../../../lib/contracts/seat.ts';
import { SeatCursor, SeatMap } from '../../../lib/contracts/seat-map.ts';
import { answerWithEvents, eventStreamType } from '../../../lib/http/event-stream.ts';
import { networkOf } from '../../../lib/http/network-of.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { accessOf } from '../auth/access.ts';
import { eventPath, readCatalogue } from '../commands/read-catalogue.ts';
import type { Dependencies } from '../dependencies.ts';
import { problems } from '../problems.ts';

const one = strictObject({ eventId: Id });

/** The seats of an event as they are and as they change, for everybody, answered by ticket-app. */
export function seatMapRoutes(dependencies: Dependencies): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Seats', problems });
  const access = accessOf(dependencies)('catalogue.read');

  async function show(ctx: Context, eventId: string): Promise<void> {
    const { status, type, headers, body } = await readCatalogue(dependencies, `${eventPath(eventId)}/seats`, {
      query: ctx.querystring,
      ifNoneMatch: ctx.get('If-None-Match'),
      acceptEncoding: ctx.get('Accept-Encoding'),
    });
    ctx.status = status;
    ctx.set(headers);
    if (status === 304) return;
    ctx.type = type;
    ctx.body = body;
  }

  routes.get(
    '/events/:eventId/seats',
    {
      id: 'readSeatMap',
      summary: 'The map of all seats, or a list of some',
      description:
        'The map: every seat in its row, in columns, with one letter for its state (O open, G on-going, B booked; lower case while the seat is closed). 7,000 seats are about 20 kB on the wire; it may be cached for a second. With `view=list`, a filter or a page: seat by seat, as they are at this moment. A map is a hint; the booking decides.',
      access,
      request: { params: one, query: SeatQuery },
      headers: { 'If-None-Match': 'The ETag of the map at hand.' },
      answers: {
        200: { description: 'The map, or a page of the list', body: Type.Union([SeatMap, SeatPage]) },
        304: { description: 'The map at hand is still good' },
      },
      problems: ['event_not_found', 'ticketing_unavailable'],
    },
    (ctx, { params }) => show(ctx, params.eventId),
  );

  routes.get(
    '/events/:eventId/seats/changes',
    {
      id: 'listenToSeats',
      summary: 'Changes of seats, as server-sent events',
      description:
        'Open it with `EventSource`, with the `cursor` of a map as `since`. An event `seats` says what some seats are now: `{"seats":[{"seatId","status","closed"}]}`. An event `reload` says that the map is to be read anew: seats were added, edited or removed, or too much was missed. When the line breaks an `EventSource` goes on by itself where it was.',
      access,
      request: { params: one, query: strictObject({ since: Type.Optional(SeatCursor) }) },
      headers: { 'Last-Event-ID': 'The last `id` that was heard; it goes before `since`.' },
      answers: { 200: { description: 'Events, for as long as the caller listens', mediaType: eventStreamType } },
      problems: ['event_not_found', 'too_many_requests', 'ticketing_unavailable', 'too_many_listeners'],
    },
    async (ctx, { params }) => {
      const stream = await dependencies.listening.open({
        eventId: params.eventId,
        query: ctx.querystring,
        lastEventId: ctx.get('Last-Event-ID'),
        address: networkOf(ctx.ip),
      });
      answerWithEvents(ctx, stream);
    },
  );

  return routes;
}
