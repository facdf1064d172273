import { Type } from 'typebox';
import { Id, Instant, Version } from '../../lib/contracts/primitives.ts';
import { type ProblemCatalogue, seatIdsMember } from '../../lib/http/problem-catalogue.ts';
import { problemsOfReasons } from '../../lib/http/reason-problems.ts';
import { BookingView } from './presenters/booking.ts';
import { HowToQueue } from './presenters/booking-answer.ts';

const field = Type.Optional(Type.String({ examples: ['body.email'] }));

const ofEnd = {
  seatIds: Type.Array(Id),
  canQueue: Type.Optional(Type.Boolean({ description: 'Whether one can queue for the seats.' })),
  waitlist: Type.Optional(HowToQueue),
  booking: BookingView,
};
const ofRefusal = { field, entryId: Type.Optional(Id) };

const ofReasons = problemsOfReasons(ofEnd, ofRefusal);

/** What client-app may answer with beside what every service may. */
export const problems = {
  ...ofReasons,
  user_not_found: { status: 404, means: 'There is no such user, or it is not you.' },
  email_taken: {
    status: 409,
    means: 'Somebody has registered with this address: sign in, or use another one.',
    members: { field },
  },
  version_mismatch: {
    status: 412,
    means: 'The user is of another version by now: read it again, and see whether the change still fits.',
    members: { version: Version },
  },
  session_not_found: { status: 404, means: 'There is no such session, or it is not yours.' },
  invalid_refresh_token: { status: 401, means: 'The refresh token is not good any more: sign in again.' },
  too_many_attempts: { status: 429, means: 'There were too many attempts: wait for as long as Retry-After says.' },
  wrong_credentials: { status: 401, means: 'The e-mail address or the password is wrong.' },
  current_password_required: {
    status: 400,
    means: 'To change the address or the password, send the present password too.',
    members: { field },
  },
  wrong_password: { status: 403, means: '`currentPassword` is not the present password.', members: { field } },
  last_admin: { status: 409, means: 'There would be no admin left: make somebody else one first.' },
  user_has_bookings: {
    status: 409,
    means: 'There are unpaid bookings, tickets for events to come or refunds on their way: end these first.',
    members: { bookingIds: Type.Array(Id, { description: 'Some of them.' }) },
  },

  event_not_found: { status: 404, means: 'There is no such event.', members: { field } },
  seat_not_found: { status: 404, means: 'The event has no such seat.', members: { field, ...seatIdsMember } },
  category_not_found: { status: 404, means: 'The event has no seats of such a category.' },
  not_enough_adjacent_seats: {
    status: 409,
    means:
      'So many seats of the category are not free side by side; `largestGroup` says how many are. Nothing is split.',
    members: { largestGroup: Type.Integer({ minimum: 0 }) },
  },
  booking_not_found: { status: 404, means: 'There is no such booking, or it is not yours.' },
  booking_not_begun: {
    status: 409,
    means: 'The booking is being started: try again in a moment.',
    members: { bookingId: Id },
  },
  cancellation_closed: {
    status: 409,
    means: 'The time to cancel a paid booking is over.',
    members: { cancellableUntil: Instant },
  },
  ticket_used: { status: 409, means: 'A ticket was used at the gate, so the booking can no longer be cancelled.' },
  ticket_revoked: {
    status: 410,
    means: 'The booking was cancelled; its ticket is no longer valid.',
    members: { bookingId: Id },
  },
  ticket_not_ready: {
    status: 404,
    means: 'There is no ticket: `detail` says why.',
    members: { bookingId: Id },
  },
  too_many_listeners: {
    status: 503,
    means: 'Too many listen here already: read the map from time to time, or try again.',
  },
  ticketing_unavailable: { status: 503, means: 'Ticketing does not answer: try again in a moment, which is safe.' },
  overloaded: {
    status: 503,
    means: 'Too many are buying just now. This call began nothing: repeat it after Retry-After, with the same key.',
  },

  not_joined: {
    status: 503,
    means: 'You could not be put into the queue in time. Nothing was done; try again with a new Idempotency-Key.',
  },
  offered: {
    status: 409,
    means: 'The seat is offered to you: pay for the booking, or cancel it.',
    members: { entryId: Id, bookingId: Id, cancelUrl: Type.String({ examples: ['/bookings/b1/cancel'] }) },
  },
  waitlist_entry_not_found: { status: 404, means: 'There is no such place in a queue, or it is not yours.' },
  waitlist_entry_not_begun: {
    status: 409,
    means: 'The place in the queue is being taken: try again in a moment.',
    members: { entryId: Id },
  },

  webhook_forged: { status: 401, means: 'The signature does not fit, or the timestamp is too old or too new.' },
  ticket_not_stored: { status: 503, means: 'The ticket could not be stored: send this again.' },
} as const satisfies ProblemCatalogue;
