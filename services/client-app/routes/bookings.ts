import { type Static, Type } from 'typebox';
import { BookingStatus, CancelNote } from '../../../lib/contracts/booking.ts';
import { limits } from '../../../lib/contracts/limits.ts';
import { Id, oneOf } from '../../../lib/contracts/primitives.ts';
import { BestAvailable } from '../../../lib/contracts/seat-map.ts';
import { invalidRequest, Problem } from '../../../lib/http/problem.ts';
import { bookingReasons } from '../../../lib/http/reason-problems.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { accessOf } from '../auth/access.ts';
import { type Caller, callerOf } from '../auth/signed-in.ts';
import { bookBestAvailable } from '../commands/book-best-available.ts';
import { bookSeats } from '../commands/book-seats.ts';
import { cancelBooking, hasEnded } from '../commands/cancel-booking.ts';
import { bookingSorts, listBookings, readBooking, readTicket } from '../commands/read-bookings.ts';
import type { Dependencies } from '../dependencies.ts';
import { BookingInListView, BookingView, presentBooking, presentBookingInList } from '../presenters/booking.ts';
import { answerOfBooking, BookedView } from '../presenters/booking-answer.ts';
import { problems } from '../problems.ts';
import { pageQuery } from './page.ts';

/** Either seats, or how many and of what. */
const Wanted = strictObject({
  eventId: Id,
  seatIds: Type.Optional(
    Type.Array(Id, {
      minItems: 1,
      maxItems: limits.seatsPerBooking,
      uniqueItems: true,
      description: 'These seats. Either this or `bestAvailable`.',
    }),
  ),
  bestAvailable: Type.Optional(
    strictObject(BestAvailable.properties, { description: 'So many seats side by side, which Kursi chooses.' }),
  ),
});
const one = strictObject({ bookingId: Id });
const Cancellation = strictObject({
  reason: Type.Optional({ ...CancelNote, description: 'What an admin says to the buyer.' }),
});
const Filter = strictObject({
  ...pageQuery,
  status: Type.Optional(BookingStatus),
  eventId: Type.Optional(Id),
  sort: { ...oneOf(bookingSorts), default: 'newest' as const },
  customerId: Type.Optional({ ...Id, description: "For admins: somebody else's." }),
});
const BookingPage = Type.Object({
  bookings: Type.Array(BookingInListView),
  nextCursor: Type.Optional(Type.String()),
});

/** Booking seats, and each person's booking history (C2, C3, C5). Another's booking answers 404. */
export function bookingRoutes(dependencies: Dependencies): DescribedRoutes {
  const to = accessOf(dependencies);
  const routes = describedRoutes({ tag: 'Bookings', problems });

  function book(caller: Caller, key: string, { eventId, seatIds, bestAvailable }: Static<typeof Wanted>) {
    if (seatIds && !bestAvailable) return bookSeats(dependencies, caller, key, { eventId, seatIds });
    if (bestAvailable && !seatIds) return bookBestAvailable(dependencies, caller, key, { eventId, bestAvailable });
    throw invalidRequest('body.seatIds', 'or body.bestAvailable must be there, and not both');
  }

  routes.post(
    '/bookings',
    {
      id: 'bookSeats',
      summary: 'Book seats',
      description:
        'Books these seats, all or none, or the best that are available: side by side in one row, near the middle of the front, leaving no single seat behind where that can be avoided. Answers with the payment URL. A booking that has ended is told by its reason, at a repeat too; with 202 it goes on being made: read it, or repeat the call.',
      access: to('bookings.create'),
      around: [dependencies.roomForCalls],
      idempotencyKey: 'required',
      request: { body: Wanted },
      answers: {
        201: { description: 'The seats are held', body: BookedView, headers: { Location: 'The booking' } },
        202: {
          description: 'It is being made',
          body: BookingView,
          headers: { Location: 'The booking', 'Retry-After': 'Seconds' },
        },
      },
      problems: [
        ...bookingReasons,
        'event_not_found',
        'seat_not_found',
        'category_not_found',
        'not_enough_adjacent_seats',
        'overloaded',
        'ticketing_unavailable',
      ],
    },
    async (ctx, { body, key }) => {
      const answer = answerOfBooking(await book(callerOf(ctx), key, body));
      if (answer instanceof Problem) throw answer;
      ctx.status = answer.status;
      ctx.set(answer.headers);
      ctx.body = answer.body;
    },
  );

  routes.get(
    '/bookings',
    {
      id: 'listBookings',
      summary: 'List your bookings',
      access: to('bookings.read'),
      request: { query: Filter },
      answers: { 200: { description: 'A page; without `nextCursor` it is the last one', body: BookingPage } },
      problems: ['invalid_cursor'],
    },
    async (ctx, { query }) => {
      const { rows, nextCursor } = await listBookings(dependencies, callerOf(ctx), query);
      ctx.body = { bookings: rows.map(presentBookingInList), ...(nextCursor && { nextCursor }) };
    },
  );

  routes.get(
    '/bookings/:bookingId',
    {
      id: 'readBooking',
      summary: 'Read a booking: where it stands, and what happened when',
      access: to('bookings.read'),
      request: { params: one },
      answers: { 200: { description: 'The booking', body: BookingView } },
      problems: ['booking_not_found'],
    },
    async (ctx, { params }) => {
      ctx.body = presentBooking(await readBooking(dependencies, callerOf(ctx), params.bookingId));
    },
  );

  routes.post(
    '/bookings/:bookingId/cancel',
    {
      id: 'cancelBooking',
      summary: 'Cancel a booking, paid or not',
      description: 'Safe to repeat: one that has ended stays as it is. What was paid is returned.',
      access: to('bookings.cancel'),
      request: { params: one, body: Cancellation },
      answers: {
        200: { description: 'It has ended', body: BookingView },
        202: {
          description: 'It goes on being cancelled; a payment under way, or a scan at the gate, may still win',
          body: BookingView,
        },
      },
      problems: [
        'booking_not_found',
        'cancellation_closed',
        'ticket_used',
        'booking_not_begun',
        'ticketing_unavailable',
      ],
    },
    async (ctx, { params, body }) => {
      const booking = await cancelBooking(dependencies, callerOf(ctx), params.bookingId, body.reason);
      ctx.status = hasEnded(booking) ? 200 : 202;
      ctx.body = presentBooking(booking);
    },
  );

  routes.get(
    '/bookings/:bookingId/ticket.pdf',
    {
      id: 'readTicket',
      summary: 'Download the ticket of a confirmed booking',
      access: to('tickets.read'),
      request: { params: one },
      headers: { 'If-None-Match': 'The ETag of the copy at hand.' },
      answers: {
        200: { description: 'The ticket', mediaType: 'application/pdf', headers: { ETag: 'The SHA-256 of the file' } },
        304: { description: 'The copy at hand is still good' },
      },
      problems: ['booking_not_found', 'ticket_not_ready', 'ticket_revoked'],
    },
    async (ctx, { params }) => {
      const { booking, file, open } = await readTicket(dependencies, callerOf(ctx), params.bookingId);
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
    },
  );

  return routes;
}
