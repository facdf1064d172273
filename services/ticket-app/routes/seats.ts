import Router from '@koa/router';
import type { Context } from 'koa';
import { limits } from '../../../lib/contracts/limits.ts';
import { idempotencyKey } from '../../../lib/http/idempotency-key.ts';
import { invalidRequest, Problem } from '../../../lib/http/problem.ts';
import { request } from '../../../lib/http/request.ts';
import type { ChangeSeat, SeatChangeAnswer } from '../commands/change-seat.ts';
import type { ImportAnswer, ImportCall, ImportSeats } from '../commands/import-seats.ts';
import { seatsFromCsv } from '../commands/seats-csv.ts';
import { presentSeatToAdmin } from '../presenters/seat.ts';
import { type Access, userOf, viewerOf } from './access.ts';
import { refused } from './event-problems.ts';
import { EventParams } from './events.schema.ts';
import { csvRefused, listRefused } from './import-problems.ts';
import { CloseSeat, NewSeats, SeatParams, SeatPatch } from './seats.schema.ts';

interface Parts {
  access: Access;
  imports: ImportSeats;
  change: ChangeSeat;
}

const oneEvent = request({ params: EventParams });
const oneSeat = request({ params: SeatParams });
const newSeats = request({ params: EventParams, body: NewSeats });
const patchRequest = request({ params: SeatParams, body: SeatPatch });
const closeRequest = request({ params: SeatParams, body: CloseSeat });

function tell(ctx: Context, answer: SeatChangeAnswer): void {
  if (answer.outcome === 'removed') {
    ctx.status = 204;
    return;
  }
  if (answer.outcome !== 'changed') throw refused(answer.outcome);
  ctx.body = presentSeatToAdmin(answer.seat);
}

function tellImport(ctx: Context, answer: Exclude<ImportAnswer, { outcome: 'refused' }>): void {
  if (answer.outcome !== 'imported') throw refused(answer.outcome);
  ctx.status = 201;
  ctx.body = { importId: answer.importId, seats: answer.seats };
}

function callOf(ctx: Context, eventId: string): ImportCall {
  const key = idempotencyKey(ctx);
  return { eventId, viewer: viewerOf(ctx), ...(key !== undefined && { key: `${userOf(ctx)}/${key}` }) };
}

/** A caller that hangs up halfway through its file is told so, if it still listens; it is no error of ours. */
function uploadBroke(error: unknown): never {
  if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
  throw new Problem(400, 'upload_broken', 'The upload broke off. Nothing was imported.');
}

/** Seats of an event, as those who keep it change them. */
export function seatRoutes({ access, imports, change }: Parts): Router {
  const router = new Router();

  /** All or none. The same Idempotency-Key again answers with the import that took effect. */
  router.post('/events/:eventId/seats', access.keepers, async (ctx) => {
    const { params, body } = newSeats(ctx);
    if (body.seats.length > limits.seatsPerJson) {
      const way = `send a CSV file to /events/${params.eventId}/seats/import instead`;
      throw invalidRequest('body.seats', `has more than ${limits.seatsPerJson} seats; ${way}`);
    }
    const rows = body.seats.map((seat, at) => ({ at, seat }));
    const answer = await imports.run(callOf(ctx, params.eventId), [{ rows, faults: [] }]);
    if (answer.outcome === 'refused') throw listRefused(answer.faults);
    tellImport(ctx, answer);
  });

  /** All or none, from a CSV file that is read as it arrives; a bad row is told by line and column. */
  router.post('/events/:eventId/seats/import', access.keepers, async (ctx) => {
    const { params } = oneEvent(ctx);
    if (!ctx.is('text/csv')) {
      throw new Problem(415, 'unsupported_media_type', 'Send a CSV file, with Content-Type: text/csv.', {
        field: 'body',
      });
    }
    const answer = await imports.run(callOf(ctx, params.eventId), seatsFromCsv(ctx.req)).catch(uploadBroke);
    if (answer.outcome === 'refused') throw csvRefused(answer.faults);
    tellImport(ctx, answer);
  });

  /** Only while nobody holds, has bought or waits for the seat. */
  router.patch('/events/:eventId/seats/:seatId', access.keepers, async (ctx) => {
    const { params, body } = patchRequest(ctx);
    tell(ctx, await change.edit({ ...params, viewer: viewerOf(ctx) }, body));
  });

  /** Only while nobody holds, has bought or waits for the seat. */
  router.delete('/events/:eventId/seats/:seatId', access.keepers, async (ctx) => {
    const { params } = oneSeat(ctx);
    tell(ctx, await change.remove({ ...params, viewer: viewerOf(ctx) }));
  });

  router.post('/events/:eventId/seats/:seatId/close', access.keepers, async (ctx) => {
    const { params, body } = closeRequest(ctx);
    tell(ctx, await change.close({ ...params, viewer: viewerOf(ctx) }, body.reason));
  });

  router.post('/events/:eventId/seats/:seatId/reopen', access.keepers, async (ctx) => {
    const { params } = oneSeat(ctx);
    tell(ctx, await change.reopen({ ...params, viewer: viewerOf(ctx) }));
  });

  return router;
}
