import type { Context } from 'koa';
import { EventQuery } from '../../../lib/contracts/catalogue-query.ts';
import { EventPage, EventView } from '../../../lib/contracts/event.ts';
import { Id } from '../../../lib/contracts/primitives.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { accessOf } from '../auth/access.ts';
import { eventPath, readCatalogue } from '../commands/read-catalogue.ts';
import type { Dependencies } from '../dependencies.ts';
import { problems } from '../problems.ts';

const one = strictObject({ eventId: Id });
const ifNoneMatch = { 'If-None-Match': 'The ETag of the copy at hand.' };
const unchanged = { description: 'The copy at hand is still good' };

/** Events for everybody, answered by ticket-app. */
export function eventRoutes(dependencies: Dependencies): DescribedRoutes {
  const to = accessOf(dependencies);
  const routes = describedRoutes({ tag: 'Events', problems });
  const access = to('catalogue.read');

  async function show(ctx: Context, path: string): Promise<void> {
    const { status, type, headers, body } = await readCatalogue(dependencies, path, {
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
    '/events',
    {
      id: 'listEvents',
      summary: 'Find events by words, city, date, price and organizer',
      access,
      request: { query: EventQuery },
      headers: ifNoneMatch,
      answers: {
        200: { description: 'A page; without `nextCursor` it is the last one', body: EventPage },
        304: unchanged,
      },
      problems: ['invalid_cursor', 'ticketing_unavailable'],
    },
    (ctx) => show(ctx, '/events'),
  );

  routes.get(
    '/events/:eventId',
    {
      id: 'readEvent',
      summary: 'Read an event',
      access,
      request: { params: one },
      headers: ifNoneMatch,
      answers: { 200: { description: 'The event', body: EventView }, 304: unchanged },
      problems: ['event_not_found', 'ticketing_unavailable'],
    },
    (ctx, { params }) => show(ctx, eventPath(params.eventId)),
  );

  return routes;
}
