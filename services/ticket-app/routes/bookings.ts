import type { Context } from 'koa';
import { Type } from 'typebox';
import {
  BookingCall,
  type BookingReason,
  BookingStatus,
  BookingView,
  CancelBooking,
  statusOfReason,
  textOfReason,
} from '../../../lib/contracts/booking.ts';
import { Id, oneOf } from '../../../lib/contracts/primitives.ts';
import { notFound, Problem, unavailable } from '../../../lib/http/problem.ts';
import { bookingReasons } from '../../../lib/http/reason-problems.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { wordDay, wordTime } from '../../../lib/jakarta-time.ts';
import { cursorMaxLength } from '../../../lib/mongo/cursor.ts';
import type { BookAnswer, BookSeats } from '../commands/book-seats.ts';
import type { CancelBookingAnswer, CancelBookingCommand } from '../commands/cancel-booking.ts';
import { bookingSorts, type ReadBookings } from '../commands/read-bookings.ts';
import type { Booking } from '../models/booking.ts';
import { presentBooking } from '../presenters/booking.ts';
import { problems } from '../problems.ts';
import type { Access } from './access.ts';

interface Parts {
  access: Access;
  bookSeats: BookSeats;
  cancelBooking: CancelBookingCommand;
  read: ReadBookings;
}

const Filter = strictObject({
  eventId: Type.Optional(Id),
  customerId: Type.Optional(Id),
  status: Type.Optional(BookingStatus),
  sort: { ...oneOf(bookingSorts), default: 'newest' as const },
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: cursorMaxLength })),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
});
const BookingPage = Type.Object({ bookings: Type.Array(BookingView), nextCursor: Type.Optional(Type.String()) });
const params = Type.Object({ bookingId: Id });

const refusal = (reason: BookingReason, members: Record<string, unknown>) =>
  new Problem(statusOfReason[reason], reason, textOfReason[reason], members);

/** The one way in which a booking is told, first or repeated: by its present document. */
function tell(ctx: Context, booking: Booking): void {
  const view = presentBooking(booking);
  if (view.reason !== undefined && (view.status === 'FAILED' || view.status === 'CANCELLED')) {
    const seatIds = view.refusedSeatIds ?? view.seatIds;
    throw refusal(view.reason, { seatIds, booking: view });
  }
  ctx.status = view.status === 'HOLDING' ? 202 : 201;
  ctx.set('Location', `/bookings/${view.bookingId}`);
  ctx.body = view;
}

function answer(ctx: Context, bookingId: string, given: BookAnswer): void {
  switch (given.outcome) {
    case 'booking':
      tell(ctx, given.booking);
      return;
    case 'refused':
      throw refusal(given.reason, {
        ...(given.seatIds && { seatIds: given.seatIds }),
        ...(given.canQueue !== undefined && { canQueue: given.canQueue }),
      });
    case 'unknown_event':
      throw new Problem(404, 'event_not_found', 'There is no such event.', { field: 'body.eventId' });
    case 'unknown_seats':
      throw new Problem(404, 'seat_not_found', `The event has no seat ${given.seatIds.join(', ')}.`, {
        field: 'body.seatIds',
        seatIds: given.seatIds,
      });
    case 'turned_away':
      throw unavailable(given.why, 'Nothing was begun. Try again in a moment.');
    case 'unknown':
      throw unavailable('booking_outcome_unknown', `Ask GET /bookings/${bookingId} what became of it.`);
  }
}

/** Why a confirmed booking stays as it is. */
function notCancelled(answer: Exclude<CancelBookingAnswer, { outcome: 'booking' }>): Problem {
  if (answer.outcome === 'ticket_used') {
    const detail = 'A ticket of this booking has been used at the gate, so the booking can no longer be cancelled.';
    return new Problem(409, 'ticket_used', detail);
  }
  const { cancellableUntil } = answer;
  const detail = `This booking could be cancelled until ${wordDay(cancellableUntil)}, ${wordTime(cancellableUntil)}.`;
  return new Problem(409, 'cancellation_closed', detail, { cancellableUntil: cancellableUntil.toISOString() });
}

/** Bookings, for client-app: whose customerId is trusted because of its service credential. */
export function bookingRoutes({ access, bookSeats, cancelBooking, read }: Parts): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Bookings', problems });

  routes.post(
    '/bookings',
    {
      id: 'bookSeats',
      summary: 'Book seats for a buyer',
      description: 'Idempotent by `bookingId`: a repeat answers with the booking as it then stands.',
      access: access.to('buyerBookings.create'),
      request: { body: BookingCall },
      answers: {
        201: { description: 'The seats are held', body: BookingView, headers: { Location: 'The booking' } },
        202: { description: 'It is being made', body: BookingView, headers: { Location: 'The booking' } },
      },
      problems: [
        ...bookingReasons,
        'event_not_found',
        'seat_not_found',
        'overloaded',
        'temporal_unavailable',
        'booking_outcome_unknown',
      ],
    },
    async (ctx, { body }) => answer(ctx, body.bookingId, await bookSeats(body)),
  );

  routes.get(
    '/bookings',
    {
      id: 'listBookings',
      summary: 'List bookings, newest first unless asked otherwise',
      access: access.to('buyerBookings.read'),
      request: { query: Filter },
      answers: { 200: { description: 'A page; without `nextCursor` it is the last one', body: BookingPage } },
      problems: ['invalid_cursor'],
    },
    async (ctx, { query }) => {
      const { rows, nextCursor } = await read.page(query);
      ctx.body = { bookings: rows.map(presentBooking), ...(nextCursor !== undefined && { nextCursor }) };
    },
  );

  routes.get(
    '/bookings/:bookingId',
    {
      id: 'readBooking',
      summary: 'Read a booking: its present status and how it came there',
      access: access.to('buyerBookings.read'),
      request: { params },
      answers: { 200: { description: 'The booking', body: BookingView } },
      problems: ['booking_not_found'],
    },
    async (ctx, input) => {
      const booking = await read.one(input.params.bookingId);
      if (!booking) throw notFound('booking');
      ctx.body = presentBooking(booking);
    },
  );

  routes.post(
    '/bookings/:bookingId/cancel',
    {
      id: 'cancelBooking',
      summary: 'Cancel a booking, paid or not',
      description: 'Idempotent: cancelling twice is once.',
      access: access.to('buyerBookings.cancel'),
      request: { params, body: CancelBooking },
      answers: {
        200: { description: 'It has ended', body: BookingView },
        202: {
          description: 'It goes on being cancelled; a payment under way, or a scan at the gate, may still win',
          body: BookingView,
        },
      },
      problems: ['booking_not_found', 'ticket_used', 'cancellation_closed', 'neighbour_unavailable'],
    },
    async (ctx, { params: { bookingId }, body }) => {
      const answered = await cancelBooking(bookingId, body.reason, { note: body.note });
      if (!answered) throw notFound('booking');
      if (answered.outcome !== 'booking') throw notCancelled(answered);
      const booking = presentBooking(answered.booking);
      ctx.status = booking.status === 'CANCELLED' || booking.status === 'FAILED' ? 200 : 202;
      ctx.body = booking;
    },
  );

  routes.get(
    '/bookings/:bookingId/ticket.pdf',
    {
      id: 'readTicketPdf',
      summary: 'The ticket as PDF',
      access: access.to('buyerTickets.read'),
      request: { params },
      answers: {
        200: { description: 'A page a seat', mediaType: 'application/pdf', headers: { ETag: 'Its SHA-256' } },
      },
      problems: ['ticket_not_found', 'ticket_revoked'],
    },
    async (ctx, input) => {
      const pdf = await read.ticketPdf(input.params.bookingId);
      if (pdf === 'revoked') {
        throw new Problem(410, 'ticket_revoked', 'The booking was cancelled; its ticket is no longer valid.');
      }
      if (!pdf) throw notFound('ticket');
      ctx.type = 'application/pdf';
      ctx.etag = pdf.sha256;
      ctx.body = pdf.stream;
    },
  );

  return routes;
}
