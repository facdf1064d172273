import Router from '@koa/router';
import { Type } from 'typebox';
import { BookingStatus } from '../../../lib/contracts/booking.ts';
import { oneOf } from '../../../lib/contracts/primitives.ts';
import { request, strictObject } from '../../../lib/http/request.ts';
import { cursorMaxLength } from '../../../lib/mongo/cursor.ts';
import type { ListBookingsOfEvent } from '../commands/list-bookings-of-event.ts';
import { bookingSorts } from '../commands/read-bookings.ts';
import { presentBookingOfBuyer } from '../presenters/booking-of-buyer.ts';
import { type Access, viewerOf } from './access.ts';
import { refused } from './event-problems.ts';
import { EventParams } from './events.schema.ts';

const toList = request({
  params: EventParams,
  query: strictObject({
    status: Type.Optional(BookingStatus),
    sort: { ...oneOf(bookingSorts), default: 'newest' },
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: cursorMaxLength })),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  }),
});

/** Who has booked at an event, for its organizer and for admins. */
export function eventBookingRoutes({ access, list }: { access: Access; list: ListBookingsOfEvent }): Router {
  const router = new Router();

  router.get('/events/:eventId/bookings', access.keepers, async (ctx) => {
    const { params, query } = toList(ctx);
    const found = await list(viewerOf(ctx), { ...query, eventId: params.eventId });
    if (found.outcome !== 'found') throw refused(found.outcome);
    ctx.body = {
      bookings: found.bookings.map(presentBookingOfBuyer),
      ...(found.nextCursor !== undefined && { nextCursor: found.nextCursor }),
    };
  });

  return router;
}
