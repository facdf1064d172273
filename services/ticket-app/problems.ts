import { Type } from 'typebox';
import { BookingView } from '../../lib/contracts/booking.ts';
import { Id, Instant, Version } from '../../lib/contracts/primitives.ts';
import { commonProblems, type ProblemCatalogue, seatIdsMember } from '../../lib/http/problem-catalogue.ts';
import { problemsOfReasons } from '../../lib/http/reason-problems.ts';

const field = Type.Optional(Type.String({ examples: ['body.startsAt'] }));

const ofEnd = {
  ...seatIdsMember,
  canQueue: Type.Optional(Type.Boolean({ description: 'Whether one can queue for the seats.' })),
  booking: Type.Optional(BookingView),
};
const ofRefusal = { entryId: Type.Optional(Id) };

/** One line of an upload, or one seat of a list, that cannot be imported. */
const rows = Type.Optional(
  Type.Array(
    Type.Object({
      line: Type.Optional(Type.Integer()),
      column: Type.Optional(Type.Union([Type.Integer(), Type.String()])),
      field: Type.Optional(Type.String()),
      message: Type.String(),
    }),
    { description: 'The first twenty faults.' },
  ),
);
const ofImport = {
  field,
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Union([Type.Integer(), Type.String()])),
  rows,
};

const ticket = { ticketNumber: Type.String(), bookingId: Id, eventId: Id, seatId: Id };

const ofReasons = problemsOfReasons(ofEnd, ofRefusal);

/** What ticket-app may answer with beside what every service may. */
export const problems = {
  ...ofReasons,
  /** Of many seats, `rows` names those that are wrong. */
  invalid_request: { ...commonProblems.invalid_request, members: { field, rows } },
  forbidden: { ...commonProblems.forbidden, members: { field } },
  neighbour_unavailable: { status: 503, means: 'A service that is needed for this is away: try again in a moment.' },
  keys_unavailable: { status: 503, means: "client-app's public keys cannot be had: try again in a moment." },
  temporal_unavailable: { status: 503, means: 'Temporal is away. Nothing was begun; try again in a moment.' },
  webhook_forged: { status: 401, means: 'The signature does not fit, or the timestamp is too old or too new.' },

  event_not_found: { status: 404, means: 'There is no such event, or you may not see it.', members: { field } },
  event_exists: { status: 409, means: 'There is another event of this id.' },
  event_ref_taken: {
    status: 409,
    means: 'Another event, which is not cancelled, sells this one of the organizer’s.',
    members: { field },
  },
  event_busy: { status: 409, means: 'Seats are being imported, or the event is being cancelled or removed: wait.' },
  event_over: {
    ...ofReasons.event_over,
    means: 'The event is cancelled or ended: its seats no longer change, and nobody can queue for them.',
  },
  event_has_bookings: { status: 409, means: 'Seats are held or sold, and what is sold cannot be taken away.' },
  wrong_status: { status: 409, means: 'The status of the event does not allow this.' },
  not_your_event: { status: 403, means: 'The event is kept by another organizer.' },
  version_mismatch: {
    status: 412,
    means: 'It is of another version by now: read it again, and see whether the change still fits.',
    members: { version: Version },
  },
  request_in_progress: {
    status: 409,
    means: 'The first request of this Idempotency-Key is still being done: wait.',
    members: { field },
  },

  seat_not_found: { status: 404, means: 'The event has no such seat.', members: { field, ...seatIdsMember } },
  seat_busy: { status: 409, means: 'The seat is held, sold or waited for: close it instead.' },
  seat_exists: { status: 409, means: 'Some of these seats exist. Nothing was imported.', members: ofImport },
  csv_invalid: { status: 400, means: 'Lines of the file are wrong. Nothing was imported.', members: ofImport },
  upload_broken: { status: 400, means: 'The upload broke off. Nothing was imported.', members: { field } },
  import_abandoned: { status: 408, means: 'The upload brought nothing for too long. Nothing was imported.' },

  category_not_found: { status: 404, means: 'The event has no seats of such a category.' },
  not_enough_adjacent_seats: {
    status: 409,
    means: 'So many seats of the category are not free side by side; `largestGroup` says how many are.',
    members: { largestGroup: Type.Integer({ minimum: 0 }) },
  },
  too_many_listeners: {
    status: 503,
    means: 'Too many listen here already: read the map from time to time, or try again.',
  },
  booking_not_found: { status: 404, means: 'There is no such booking.' },
  booking_outcome_unknown: { status: 503, means: 'It may have been begun: ask for the booking what became of it.' },
  cancellation_closed: {
    status: 409,
    means: 'The time to cancel a paid booking is over.',
    members: { cancellableUntil: Instant },
  },

  ticket_not_found: { status: 404, means: 'There is no ticket of this booking.' },
  ticket_revoked: {
    status: 410,
    means: 'The ticket was given back: nobody is let in by it.',
    members: Type.Partial(Type.Object(ticket)).properties,
  },
  ticket_used: {
    status: 409,
    means: 'The ticket was used at the gate: it lets nobody in again, and its booking stands.',
    members: { ...Type.Partial(Type.Object(ticket)).properties, usedAt: Type.Optional(Instant) },
  },
  ticket_invalid: { status: 422, means: 'This is not a ticket of ours: nobody is let in by it.' },
  ticket_of_another_event: { status: 409, means: 'The ticket is for another event. It was not used.', members: ticket },
  ticket_not_valid_now: {
    status: 409,
    means: 'The ticket is valid at another time. It was not used.',
    members: { ...ticket, validFrom: Instant, validUntil: Instant },
  },

  waitlist_entry_not_found: { status: 404, means: 'There is no such place in a queue.' },
  waitlist_outcome_unknown: { status: 503, means: 'It may have been done: ask for the place what became of it.' },
  offered: {
    status: 409,
    means: 'The seat is offered to this person: to decline, cancel the booking.',
    members: { bookingId: Id },
  },
  webhook_delivery_not_found: { status: 404, means: 'There is no webhook of this id.' },
} as const satisfies ProblemCatalogue;
