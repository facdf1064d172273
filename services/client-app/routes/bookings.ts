import Router from '@koa/router';
import { Type } from 'typebox';
import { BookingStatus, CancelNote } from '../../../lib/contracts/booking.ts';
import { limits } from '../../../lib/contracts/limits.ts';
import { Id } from '../../../lib/contracts/primitives.ts';
import { requiredIdempotencyKey } from '../../../lib/http/idempotency-key.ts';
import { Problem } from '../../../lib/http/problem.ts';
import { request, strictObject } from '../../../lib/http/request.ts';
import { callerOf, signedIn } from '../auth/signed-in.ts';
import { bookSeats } from '../commands/book-seats.ts';
import { cancelBooking, hasEnded } from '../commands/cancel-booking.ts';
import { listBookings, readBooking, readTicket } from '../commands/read-bookings.ts';
import type { Dependencies } from '../dependencies.ts';
import { presentBooking, presentBookingInList } from '../presenters/booking.ts';
import { answerOfBooking } from '../presenters/booking-answer.ts';
import { pageQuery } from './page.ts';

const book = request({
  body: strictObject({
    eventId: Id,
    seatIds: Type.Array(Id, { minItems: 1, maxItems: limits.seatsPerBooking, uniqueItems: true }),
  }),
});
const one = request({ params: strictObject({ bookingId: Id }) });
const cancel = request({
  params: strictObject({ bookingId: Id }),
  /** What an admin says to the buyer. */
  body: strictObject({ reason: Type.Optional(CancelNote) }),
});
const page = request({
  query: strictObject({
    ...pageQuery,
    status: Type.Optional(BookingStatus),
    customerId: Type.Optional(Id),
  }),
});

/** Booking seats, and each person's booking history (C2, C3, C5). Another's booking answers 404. */
export function bookingRoutes(dependencies: Dependencies): Router {
  const router = new Router();
  router.use('/bookings', signedIn(dependencies));

  router.post('/bookings', async (ctx) => {
    const { body } = book(ctx);
    const booking = await bookSeats(dependencies, callerOf(ctx), requiredIdempotencyKey(ctx), body);
    const answer = answerOfBooking(booking);
    if (answer instanceof Problem) throw answer;
    ctx.status = answer.status;
    ctx.set(answer.headers);
    ctx.body = answer.body;
  });

  router.get('/bookings', async (ctx) => {
    const { rows, nextCursor } = await listBookings(dependencies, callerOf(ctx), page(ctx).query);
    ctx.body = { bookings: rows.map(presentBookingInList), ...(nextCursor && { nextCursor }) };
  });

  router.get('/bookings/:bookingId', async (ctx) => {
    ctx.body = presentBooking(await readBooking(dependencies, callerOf(ctx), one(ctx).params.bookingId));
  });

  router.post('/bookings/:bookingId/cancel', async (ctx) => {
    const { params, body } = cancel(ctx);
    const booking = await cancelBooking(dependencies, callerOf(ctx), params.bookingId, body.reason);
    // 202: it goes on being cancelled; a payment that is being processed, or a scan at the gate, may still win.
    ctx.status = hasEnded(booking) ? 200 : 202;
    ctx.body = presentBooking(booking);
  });

  router.get('/bookings/:bookingId/ticket.pdf', async (ctx) => {
    const { booking, file, open } = await readTicket(dependencies, callerOf(ctx), one(ctx).params.bookingId);
    ctx.set('ETag', `"${file.sha256}"`);
    ctx.set('Cache-Control', 'private, no-cache');
    ctx.status = 200;
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    ctx.type = 'application/pdf';
    ctx.length = file.length;
    ctx.attachment(`${booking.bookingNumber}.pdf`);
    ctx.type = 'application/pdf';
    ctx.body = open();
  });

  return router;
}
