import Router from '@koa/router';
import { Type } from 'typebox';
import { Id } from '../../../lib/contracts/primitives.ts';
import { requiredIdempotencyKey } from '../../../lib/http/idempotency-key.ts';
import { request, strictObject } from '../../../lib/http/request.ts';
import { callerOf, signedIn } from '../auth/signed-in.ts';
import { joinWaitlist } from '../commands/join-waitlist.ts';
import { leaveWaitlist } from '../commands/leave-waitlist.ts';
import { EntryStatus, listEntries, readEntry } from '../commands/read-waitlist-entries.ts';
import type { Dependencies } from '../dependencies.ts';
import { answerOfEntry } from '../presenters/waitlist-answer.ts';
import { presentEntry, presentEntryInList } from '../presenters/waitlist-entry.ts';
import { pageQuery } from './page.ts';

const join = request({ body: strictObject({ eventId: Id, seatId: Id }) });
const one = request({ params: strictObject({ entryId: Id }) });
const leave = request({ params: strictObject({ entryId: Id }), body: strictObject({}) });
const page = request({
  query: strictObject({
    ...pageQuery,
    status: Type.Optional(EntryStatus),
    active: Type.Optional(Type.Boolean()),
    customerId: Type.Optional(Id),
  }),
});

/** Queueing for a seat that is taken (W1), and each person's places in queues. Another's place answers 404. */
export function waitlistRoutes(dependencies: Dependencies): Router {
  const router = new Router();
  router.use('/waitlist-entries', signedIn(dependencies));

  router.post('/waitlist-entries', async (ctx) => {
    const { body } = join(ctx);
    const {
      status,
      headers,
      body: entry,
    } = answerOfEntry(await joinWaitlist(dependencies, callerOf(ctx), requiredIdempotencyKey(ctx), body));
    ctx.status = status;
    ctx.set(headers);
    ctx.body = entry;
  });

  router.get('/waitlist-entries', async (ctx) => {
    const { rows, nextCursor } = await listEntries(dependencies, callerOf(ctx), page(ctx).query);
    ctx.body = { entries: rows.map(presentEntryInList), ...(nextCursor !== undefined && { nextCursor }) };
  });

  router.get('/waitlist-entries/:entryId', async (ctx) => {
    ctx.body = presentEntry(await readEntry(dependencies, callerOf(ctx), one(ctx).params.entryId));
  });

  router.post('/waitlist-entries/:entryId/leave', async (ctx) => {
    ctx.body = presentEntry(await leaveWaitlist(dependencies, callerOf(ctx), leave(ctx).params.entryId));
  });

  return router;
}
