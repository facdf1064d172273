import Router from '@koa/router';
import type { Context } from 'koa';
import { Id } from '../../../lib/contracts/primitives.ts';
import { request, strictObject } from '../../../lib/http/request.ts';
import { eventPath, readCatalogue } from '../commands/read-catalogue.ts';
import type { Dependencies } from '../dependencies.ts';

const one = request({ params: strictObject({ eventId: Id }) });

/** Events and seats for everybody, answered by ticket-app, which also checks the query. */
export function eventRoutes(dependencies: Dependencies): Router {
  const router = new Router();

  async function show(ctx: Context, path: string): Promise<void> {
    const { status, type, headers, body } = await readCatalogue(dependencies, path, {
      query: ctx.querystring,
      ifNoneMatch: ctx.get('If-None-Match'),
    });
    ctx.status = status;
    ctx.set(headers);
    if (status === 304) return;
    ctx.type = type;
    ctx.body = body;
  }

  router.get('/events', (ctx) => show(ctx, '/events'));
  router.get('/events/:eventId', (ctx) => show(ctx, eventPath(one(ctx).params.eventId)));
  router.get('/events/:eventId/seats', (ctx) => show(ctx, `${eventPath(one(ctx).params.eventId)}/seats`));

  return router;
}
