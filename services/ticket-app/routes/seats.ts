import type { Context } from 'koa';
import { Type } from 'typebox';
import { limits } from '../../../lib/contracts/limits.ts';
import { invalidRequest, Problem } from '../../../lib/http/problem.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import type { ChangeSeat, SeatChangeAnswer } from '../commands/change-seat.ts';
import type { ImportAnswer, ImportCall, ImportSeats } from '../commands/import-seats.ts';
import { seatsFromCsv } from '../commands/seats-csv.ts';
import { presentSeatToAdmin, SeatToKeeper } from '../presenters/seat.ts';
import { problems } from '../problems.ts';
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

const Imported = Type.Object({ importId: Type.String(), seats: Type.Integer({ examples: [500] }) });
const imported = { description: 'All are there', body: Imported };
const forKeepers = ['event_not_found', 'not_your_event', 'event_busy', 'keys_unavailable'] as const;
const ofSeat = [...forKeepers, 'seat_not_found', 'seat_busy'] as const;
/** Whoever waits for the seat hears of it by Temporal. */
const ofSale = [...forKeepers, 'seat_not_found', 'neighbour_unavailable'] as const;
const ofImport = [
  ...forKeepers,
  'event_over',
  'seat_exists',
  'import_abandoned',
  'request_in_progress',
  'idempotency_key_reused',
] as const;
const changed = { 200: { description: 'The seat as changed', body: SeatToKeeper } };

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

const callOf = (ctx: Context, eventId: string, key: string | undefined): ImportCall => ({
  eventId,
  viewer: viewerOf(ctx),
  ...(key !== undefined && { key: `${userOf(ctx)}/${key}` }),
});

/** A caller that hangs up halfway through its file is told so, if it still listens; it is no error of ours. */
function uploadBroke(error: unknown): never {
  if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
  throw new Problem(400, 'upload_broken', 'The upload broke off. Nothing was imported.');
}

/** Seats of an event, as those who keep it change them. */
export function seatRoutes(parts: Parts): DescribedRoutes {
  return [...importRoutes(parts), ...changeRoutes(parts)];
}

function importRoutes({ access, imports }: Parts): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Seats', problems });

  routes.post(
    '/events/:eventId/seats',
    {
      id: 'addSeats',
      summary: 'Add seats to an event, all or none',
      description: 'The same Idempotency-Key again answers with the import that took effect.',
      access: access.to('seats.change'),
      idempotencyKey: 'optional',
      request: { params: EventParams, body: NewSeats },
      answers: { 201: imported },
      problems: ofImport,
    },
    async (ctx, { params, body, key }) => {
      if (body.seats.length > limits.seatsPerJson) {
        const way = `send a CSV file to /events/${params.eventId}/seats/import instead`;
        throw invalidRequest('body.seats', `has more than ${limits.seatsPerJson} seats; ${way}`);
      }
      const rows = body.seats.map((seat, at) => ({ at, seat }));
      const answer = await imports.run(callOf(ctx, params.eventId, key), [{ rows, faults: [] }]);
      if (answer.outcome === 'refused') throw listRefused(answer.faults);
      tellImport(ctx, answer);
    },
  );

  routes.post(
    '/events/:eventId/seats/import',
    {
      id: 'importSeats',
      summary: 'Add seats from a CSV file, all or none',
      description:
        'The file is read as it arrives; a bad row is told by line and column. The same Idempotency-Key again answers with the import that took effect.',
      access: access.to('seats.change'),
      idempotencyKey: 'optional',
      request: { params: EventParams },
      rawBody: {
        mediaType: 'text/csv',
        description: 'With a first line that names the columns: seat_id, section, row, number, category, price.',
      },
      answers: { 201: imported },
      problems: [...ofImport, 'csv_invalid', 'upload_broken', 'invalid_request'],
    },
    async (ctx, { params, key }) => {
      if (!ctx.is('text/csv')) {
        throw new Problem(415, 'unsupported_media_type', 'Send a CSV file, with Content-Type: text/csv.', {
          field: 'body',
        });
      }
      const answer = await imports.run(callOf(ctx, params.eventId, key), seatsFromCsv(ctx.req)).catch(uploadBroke);
      if (answer.outcome === 'refused') throw csvRefused(answer.faults);
      tellImport(ctx, answer);
    },
  );

  return routes;
}

function changeRoutes({ access, change }: Parts): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Seats', problems });
  const to = access.to('seats.change');

  routes.patch(
    '/events/:eventId/seats/:seatId',
    {
      id: 'changeSeat',
      summary: 'Change a seat that nobody holds, has bought or waits for',
      access: to,
      request: { params: SeatParams, body: SeatPatch },
      answers: changed,
      problems: ofSeat,
    },
    async (ctx, { params, body }) => tell(ctx, await change.edit({ ...params, viewer: viewerOf(ctx) }, body)),
  );

  routes.delete(
    '/events/:eventId/seats/:seatId',
    {
      id: 'deleteSeat',
      summary: 'Delete a seat that nobody holds, has bought or waits for',
      access: to,
      request: { params: SeatParams },
      answers: { 204: { description: 'It is gone' } },
      problems: ofSeat,
    },
    async (ctx, { params }) => tell(ctx, await change.remove({ ...params, viewer: viewerOf(ctx) })),
  );

  routes.post(
    '/events/:eventId/seats/:seatId/close',
    {
      id: 'closeSeat',
      summary: 'Take a seat out of sale; who has it keeps it',
      description: 'Idempotent.',
      access: to,
      request: { params: SeatParams, body: CloseSeat },
      answers: changed,
      problems: ofSale,
    },
    async (ctx, { params, body }) => tell(ctx, await change.close({ ...params, viewer: viewerOf(ctx) }, body.reason)),
  );

  routes.post(
    '/events/:eventId/seats/:seatId/reopen',
    {
      id: 'reopenSeat',
      summary: 'Sell a seat again; if anybody waits for it, it goes to them',
      description: 'Idempotent.',
      access: to,
      request: { params: SeatParams },
      answers: changed,
      problems: ofSale,
    },
    async (ctx, { params }) => tell(ctx, await change.reopen({ ...params, viewer: viewerOf(ctx) })),
  );

  return routes;
}
