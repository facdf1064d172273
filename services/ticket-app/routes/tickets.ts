import Router from '@koa/router';
import type { Context } from 'koa';
import { Type } from 'typebox';
import { Id, Instant } from '../../../lib/contracts/primitives.ts';
import { idempotencyKeyReused, requiredIdempotencyKey } from '../../../lib/http/idempotency-key.ts';
import { Problem } from '../../../lib/http/problem.ts';
import { request, strictObject } from '../../../lib/http/request.ts';
import type { CheckIn, CheckInAnswer } from '../commands/check-in.ts';
import type { ListRevokedTickets } from '../commands/list-revoked-tickets.ts';
import { type Access, userOf, viewerOf } from './access.ts';
import { refused } from './event-problems.ts';
import { instant } from './instants.ts';

interface Parts {
  access: Access;
  checkIn: CheckIn;
  listRevoked: ListRevokedTickets;
}

const scanRequest = request({
  body: strictObject({
    /** The text in the QR. Whatever it is, a gate is told whether it is a ticket. */
    token: Type.String({ maxLength: 4_096, pattern: '^[^\\u0000-\\u001f\\u007f]+$' }),
    /** The event at whose gate it was scanned: a ticket of another one is not used up here. */
    eventId: Type.Optional(Id),
  }),
});
const revokedRequest = request({
  params: Type.Object({ eventId: Id }),
  query: strictObject({ since: Type.Optional(Instant) }),
});

/** A scan belongs to whoever made it: another caller's key of the same name is another scan. */
const scanKeyOf = (ctx: Context): string => `${userOf(ctx)}/${requiredIdempotencyKey(ctx)}`;

function tell(answer: CheckInAnswer): Record<string, unknown> {
  if (answer.outcome === 'invalid') {
    throw new Problem(422, 'ticket_invalid', 'This is not a ticket of ours: nobody is let in by it.');
  }
  if (answer.outcome === 'key_reused') {
    throw idempotencyKeyReused('for another ticket');
  }
  if (answer.outcome === 'not_your_event') throw refused(answer.outcome);
  const { ticketNumber, bookingId, eventId, seatId, validFrom, validUntil } = answer.ticket;
  const ticket = { ticketNumber, bookingId, eventId, seatId };
  switch (answer.outcome) {
    case 'used':
      return { ...ticket, usedAt: answer.usedAt.toISOString(), ...(answer.seat && { seat: answer.seat }) };
    case 'used_before': {
      const usedAt = answer.usedAt.toISOString();
      throw new Problem(409, 'ticket_used', `This ticket was used at ${usedAt}.`, { ...ticket, usedAt });
    }
    case 'revoked':
      throw new Problem(410, 'ticket_revoked', 'This ticket was given back: nobody is let in by it.', ticket);
    case 'other_event':
      throw new Problem(409, 'ticket_of_another_event', 'This ticket is for another event. It was not used.', ticket);
    case 'not_valid_now': {
      const window = { validFrom: validFrom.toISOString(), validUntil: validUntil.toISOString() };
      const detail = `This ticket is valid from ${window.validFrom} until ${window.validUntil}.`;
      throw new Problem(409, 'ticket_not_valid_now', detail, { ...ticket, ...window });
    }
  }
}

/** Tickets at the gate: one seat is let in once, and offline gates hold the list of those that were taken back. */
export function ticketRoutes({ access, checkIn, listRevoked }: Parts): Router {
  const router = new Router();

  router.post('/tickets/check-in', access.gates, async (ctx) => {
    const { token, eventId } = scanRequest(ctx).body;
    ctx.body = tell(await checkIn({ token, eventId, key: scanKeyOf(ctx), viewer: viewerOf(ctx) }));
  });

  router.get('/events/:eventId/revoked-tickets', access.gates, async (ctx) => {
    const { params, query } = revokedRequest(ctx);
    const since = query.since === undefined ? undefined : instant('query.since', query.since);
    const list = await listRevoked(params.eventId, viewerOf(ctx), since);
    if ('outcome' in list) throw refused(list.outcome);
    ctx.set('Cache-Control', 'private, no-cache');
    ctx.etag = list.digest;
    ctx.status = 200;
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    const tickets = list.tickets.map((ticket) => ({ ...ticket, revokedAt: ticket.revokedAt.toISOString() }));
    ctx.body = { eventId: params.eventId, asOf: list.asOf.toISOString(), tickets };
  });

  return router;
}
