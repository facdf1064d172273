import { Type } from 'typebox';
import { Id, Instant } from '../../../lib/contracts/primitives.ts';
import { SeatFacts } from '../../../lib/contracts/seat.ts';
import { idempotencyKeyReused } from '../../../lib/http/idempotency-key.ts';
import { Problem } from '../../../lib/http/problem.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import type { CheckIn, CheckInAnswer } from '../commands/check-in.ts';
import type { ListRevokedTickets } from '../commands/list-revoked-tickets.ts';
import { problems } from '../problems.ts';
import { type Access, userOf, viewerOf } from './access.ts';
import { refused } from './event-problems.ts';
import { instant } from './instants.ts';

interface Parts {
  access: Access;
  checkIn: CheckIn;
  listRevoked: ListRevokedTickets;
}

const Scan = strictObject({
  token: Type.String({
    maxLength: 4_096,
    pattern: '^[^\\u0000-\\u001f\\u007f]+$',
    description: 'The text in the QR. Whatever it is, a gate is told whether it is a ticket.',
    examples: ['eyJhbGciOiJFZERTQSJ9.example.signature'],
  }),
  eventId: Type.Optional(
    Type.String({
      ...Id,
      description: 'The event at whose gate it was scanned: a ticket of another one is not used up here.',
    }),
  ),
});

const TicketView = Type.Object({ ticketNumber: Type.String(), bookingId: Id, eventId: Id, seatId: Id });
const UsedTicket = Type.Object({
  ...TicketView.properties,
  usedAt: Instant,
  /** What the gate reads out. */
  seat: Type.Optional(SeatFacts),
});
const RevocationList = Type.Object({
  eventId: Id,
  asOf: Instant,
  tickets: Type.Array(Type.Object({ ticketNumber: Type.String(), bookingId: Id, revokedAt: Instant })),
});

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
export function ticketRoutes({ access, checkIn, listRevoked }: Parts): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Tickets', problems });

  routes.post(
    '/tickets/check-in',
    {
      id: 'checkIn',
      summary: 'Let a seat in, once',
      description: 'The key names the scan: a repeat after a lost answer lets the same seat in, and no other.',
      access: access.to('tickets.checkIn'),
      idempotencyKey: 'required',
      request: { body: Scan },
      answers: { 200: { description: 'Let in', body: UsedTicket } },
      problems: [
        'ticket_invalid',
        'ticket_used',
        'ticket_revoked',
        'ticket_of_another_event',
        'ticket_not_valid_now',
        'not_your_event',
        'keys_unavailable',
      ],
    },
    async (ctx, { body: { token, eventId }, key }) => {
      // A scan belongs to whoever made it: another caller's key of the same name is another scan.
      ctx.body = tell(await checkIn({ token, eventId, key: `${userOf(ctx)}/${key}`, viewer: viewerOf(ctx) }));
    },
  );

  routes.get(
    '/events/:eventId/revoked-tickets',
    {
      id: 'listRevokedTickets',
      summary: 'The tickets of an event that no gate may let in, for gates that are offline',
      description: 'Complete until `asOf`: what was taken back later comes with `since` = `asOf`.',
      access: access.to('revokedTickets.read'),
      request: { params: Type.Object({ eventId: Id }), query: strictObject({ since: Type.Optional(Instant) }) },
      headers: { 'If-None-Match': 'The ETag of the list that the caller has' },
      answers: {
        200: { description: 'The list', body: RevocationList, headers: { ETag: 'Of this list' } },
        304: { description: 'It is still the same' },
      },
      problems: ['event_not_found', 'not_your_event', 'keys_unavailable'],
    },
    async (ctx, { params, query }) => {
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
    },
  );

  return routes;
}
