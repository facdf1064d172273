import Router from '@koa/router';
import type { Context } from 'koa';
import { Type } from 'typebox';
import { requiresService } from '../../../lib/auth/service-credential.ts';
import {
  BookingCall,
  type BookingReason,
  BookingStatus,
  CancelBooking,
  statusOfReason,
  textOfReason,
} from '../../../lib/contracts/booking.ts';
import { Id, oneOf } from '../../../lib/contracts/primitives.ts';
import { notFound, Problem, unavailable } from '../../../lib/http/problem.ts';
import { request, strictObject } from '../../../lib/http/request.ts';
import { wordDay, wordTime } from '../../../lib/jakarta-time.ts';
import { cursorMaxLength } from '../../../lib/mongo/cursor.ts';
import type { BookAnswer, BookSeats } from '../commands/book-seats.ts';
import type { CancelBookingAnswer, CancelBookingCommand } from '../commands/cancel-booking.ts';
import { bookingSorts, type ReadBookings } from '../commands/read-bookings.ts';
import type { Booking } from '../models/booking.ts';
import { presentBooking } from '../presenters/booking.ts';

interface Parts {
  serviceSecrets: readonly string[];
  bookSeats: BookSeats;
  cancelBooking: CancelBookingCommand;
  read: ReadBookings;
}

const bookRequest = request({ body: BookingCall });
const cancelRequest = request({ params: Type.Object({ bookingId: Id }), body: CancelBooking });
const toList = request({
  query: strictObject({
    eventId: Type.Optional(Id),
    customerId: Type.Optional(Id),
    status: Type.Optional(BookingStatus),
    sort: { ...oneOf(bookingSorts), default: 'newest' as const },
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: cursorMaxLength })),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  }),
});
const oneBooking = request({ params: Type.Object({ bookingId: Id }) });

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
export function bookingRoutes({ serviceSecrets, bookSeats, cancelBooking, read }: Parts): Router {
  const router = new Router();
  const service = requiresService(serviceSecrets);

  router.post('/bookings', service, async (ctx) => {
    const { body } = bookRequest(ctx);
    answer(ctx, body.bookingId, await bookSeats(body));
  });

  router.get('/bookings', service, async (ctx) => {
    const { rows, nextCursor } = await read.page(toList(ctx).query);
    ctx.body = { bookings: rows.map(presentBooking), ...(nextCursor !== undefined && { nextCursor }) };
  });

  router.get('/bookings/:bookingId', service, async (ctx) => {
    const booking = await read.one(oneBooking(ctx).params.bookingId);
    if (!booking) throw notFound('booking');
    ctx.body = presentBooking(booking);
  });

  router.post('/bookings/:bookingId/cancel', service, async (ctx) => {
    const { params, body } = cancelRequest(ctx);
    const answer = await cancelBooking(params.bookingId, body.reason, { note: body.note });
    if (!answer) throw notFound('booking');
    if (answer.outcome !== 'booking') throw notCancelled(answer);
    const booking = presentBooking(answer.booking);
    // 202: it goes on being cancelled; a payment that is being processed, or a scan at the gate, may still win.
    ctx.status = booking.status === 'CANCELLED' || booking.status === 'FAILED' ? 200 : 202;
    ctx.body = booking;
  });

  router.get('/bookings/:bookingId/ticket.pdf', service, async (ctx) => {
    const pdf = await read.ticketPdf(oneBooking(ctx).params.bookingId);
    if (pdf === 'revoked')
      throw new Problem(410, 'ticket_revoked', 'The booking was cancelled; its ticket is no longer valid.');
    if (!pdf) throw notFound('ticket');
    ctx.type = 'application/pdf';
    ctx.etag = pdf.sha256;
    ctx.body = pdf.stream;
  });

  return router;
}
