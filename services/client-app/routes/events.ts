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

/** Events for everybody, answered by ticket-app. */
export function eventRoutes(dependencies: Dependencies): DescribedRoutes {
  const to = accessOf(dependencies);
  const routes = describedRoutes({ tag: 'Events', problems });
  const access = to('catalogue.read');

  async function show(ctx: Context, path: string): Promise<void> {
    const { status, type, headers, body } = await readCatalogue(dependencies, path, {
      query: ctx.querystring,
      acceptEncoding: ctx.get('Accept-Encoding'),
    });
    ctx.status = status;
    ctx.set(headers);
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
      answers: { 200: { description: 'A page; without `nextCursor` it is the last one', body: EventPage } },
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
      answers: { 200: { description: 'The event, with its version as ETag', body: EventView } },
      problems: ['event_not_found', 'ticketing_unavailable'],
    },
    (ctx, { params }) => show(ctx, eventPath(params.eventId)),
  );

  return routes;
}
