import { ChooseSeats, ChosenSeats } from '../../../lib/contracts/seat-map.ts';
import { notFound, Problem } from '../../../lib/http/problem.ts';
import { type DescribedRoutes, describedRoutes, type RouteAccess } from '../../../lib/http/routes.ts';
import type { ChooseSeats as ChooseSeatsCommand } from '../commands/choose-seats.ts';
import { problems } from '../problems.ts';
import { refused } from './event-problems.ts';
import { EventParams } from './events.schema.ts';

function notEnough({ seats, category }: { seats: number; category: string }, largest: number): Problem {
  const most = largest === 0 ? 'none is free' : `the largest group that is free is of ${largest}`;
  const detail = `There are no ${seats} seats of ${category} side by side; ${most}.`;
  return new Problem(409, 'not_enough_adjacent_seats', detail, { largestGroup: largest });
}

/** Seats chosen for a booking, for client-app. */
export function bestAvailableRoutes(access: RouteAccess, chooseSeats: ChooseSeatsCommand): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Seats', problems });

  routes.post(
    '/events/:eventId/best-available',
    {
      id: 'chooseSeats',
      summary: 'Choose seats side by side, holding none of them',
      description:
        'Seats of one row, as near to the middle of the front as can be, that leave no single seat behind where that can be avoided. Whoever books them claims them, or finds one taken and asks again with another seed.',
      access,
      request: { params: EventParams, body: ChooseSeats },
      answers: { 200: { description: 'The seats', body: ChosenSeats } },
      problems: ['event_not_found', 'category_not_found', 'not_enough_adjacent_seats'],
    },
    async (ctx, { params, body }) => {
      const choice = await chooseSeats(params.eventId, body);
      switch (choice.outcome) {
        case 'unknown_event':
          throw refused('unknown_event');
        case 'unknown_category':
          throw notFound('category');
        case 'not_enough':
          throw notEnough(body, choice.largest);
        case 'chosen':
          ctx.body = { eventId: params.eventId, seatIds: choice.seatIds };
      }
    },
  );

  return routes;
}
