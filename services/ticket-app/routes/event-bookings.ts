import { Type } from 'typebox';
import { BookingStatus } from '../../../lib/contracts/booking.ts';
import { oneOf } from '../../../lib/contracts/primitives.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { cursorMaxLength } from '../../../lib/mongo/cursor.ts';
import type { ListBookingsOfEvent } from '../commands/list-bookings-of-event.ts';
import { bookingSorts } from '../commands/read-bookings.ts';
import { BookingOfBuyerView, presentBookingOfBuyer } from '../presenters/booking-of-buyer.ts';
import { problems } from '../problems.ts';
import { type Access, viewerOf } from './access.ts';
import { refused } from './event-problems.ts';
import { EventParams } from './events.schema.ts';

const Filter = strictObject({
  status: Type.Optional(BookingStatus),
  sort: { ...oneOf(bookingSorts), default: 'newest' as const },
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: cursorMaxLength })),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
});
const BookingPage = Type.Object({
  bookings: Type.Array(BookingOfBuyerView),
  nextCursor: Type.Optional(Type.String()),
});

/** Who has booked at an event, for its organizer and for admins. */
export function eventBookingRoutes({ access, list }: { access: Access; list: ListBookingsOfEvent }): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Events', problems });
  routes.get(
    '/events/:eventId/bookings',
    {
      id: 'listBookingsOfEvent',
      summary: 'Who has booked at an event, newest first unless asked otherwise',
      access: access.to('eventBookings.read'),
      request: { params: EventParams, query: Filter },
      answers: { 200: { description: 'A page; without `nextCursor` it is the last one', body: BookingPage } },
      problems: ['event_not_found', 'not_your_event', 'invalid_cursor', 'keys_unavailable'],
    },
    async (ctx, { params, query }) => {
      const found = await list(viewerOf(ctx), { ...query, eventId: params.eventId });
      if (found.outcome !== 'found') throw refused(found.outcome);
      ctx.body = {
        bookings: found.bookings.map(presentBookingOfBuyer),
        ...(found.nextCursor !== undefined && { nextCursor: found.nextCursor }),
      };
    },
  );
  return routes;
}
