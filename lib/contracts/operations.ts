import { type Static, Type } from 'typebox';
import { BookingStatus, BookingView, CancelNote, CancelReason } from './booking.ts';
import { Id, Instant, oneOf } from './primitives.ts';
import { SeatStatus } from './seat.ts';
import { WaitlistEntryView } from './waitlist.ts';

/* What the services tell operators, and their command line (`scripts/kursi/`): ids, states and instants, no names or addresses. */

/** A webhook from ticket-app to client-app. */
export const NotificationDelivery = Type.Object({
  webhookId: Type.String(),
  status: oneOf(['delivered', 'pending']),
  bookingId: Type.Optional(Id),
  entryId: Type.Optional(Id),
  type: Type.String(),
  tries: Type.Integer(),
  createdAt: Instant,
  deliveredAt: Type.Optional(Instant),
  lastError: Type.Optional(Type.String()),
});
export type NotificationDelivery = Static<typeof NotificationDelivery>;

/** One seat of a booking, as the seat says it is. */
export const SeatOfBooking = Type.Object({
  seatId: Id,
  status: SeatStatus,
  /** Who has it. */
  heldBy: oneOf(['this_booking', 'another_booking', 'waitlist', 'nobody']),
  closed: Type.Optional(Type.String({ description: 'Why it is closed.' })),
  waitlisted: Type.Boolean(),
  changedAt: Instant,
});
export type SeatOfBooking = Static<typeof SeatOfBooking>;

/** GET /operations/bookings/:bookingId of ticket-app. */
export const BookingInTicketing = Type.Object({
  booking: BookingView,
  runId: Type.String(),
  /** No claim of a seat takes effect after it. */
  claimBefore: Instant,
  changedAt: Instant,
  /** Who asked to cancel it, of whom it is not known yet what came of it. */
  cancelAsked: Type.Array(Type.Object({ reason: CancelReason, at: Instant, note: Type.Optional(CancelNote) })),
  seats: Type.Array(SeatOfBooking),
  ticket: Type.Optional(
    Type.Object({
      status: oneOf(['VALID', 'REVOKED']),
      hasFile: Type.Boolean(),
      usedSeatIds: Type.Array(Id),
      revokedAt: Type.Optional(Instant),
    }),
  ),
  deliveries: Type.Array(NotificationDelivery),
  /** The place in a queue that it is the offer of. */
  waitlistEntry: Type.Optional(WaitlistEntryView),
});
export type BookingInTicketing = Static<typeof BookingInTicketing>;

/** GET /operations/bookings/:reference of client-app: the row of the buyer's history. */
export const BookingInHistory = Type.Object({
  bookingId: Id,
  bookingNumber: Type.String(),
  customerId: Id,
  version: Type.Integer(),
  status: BookingStatus,
  reason: Type.Optional(Type.String()),
  /** Whether the PDF of its ticket is stored. */
  hasTicketFile: Type.Boolean(),
  updatedAt: Instant,
  /** When ticket-app is asked next, should nothing be heard until then. */
  nextCheckAt: Type.Optional(Instant),
});
export type BookingInHistory = Static<typeof BookingInHistory>;

export const ReleasePlan = oneOf([
  'ask_workflow',
  'give_back',
  'cancel_again',
  'nothing_held',
  'under_way',
  'sold',
  'being_paid',
  'paid_without_workflow',
]);
export type ReleasePlan = Static<typeof ReleasePlan>;

/** POST /operations/bookings/:bookingId/release-hold of ticket-app. */
export const ReleaseHold = Type.Object({
  dryRun: Type.Boolean({ description: 'Only tell what would be done.' }),
  note: Type.Optional(CancelNote),
});
export const ReleaseHoldAnswer = Type.Object({
  plan: ReleasePlan,
  outcome: oneOf(['planned', 'refused', 'released', 'releasing', 'unanswered']),
  heldSeatIds: Type.Array(Id),
  status: BookingStatus,
});
export type ReleaseHoldAnswer = Static<typeof ReleaseHoldAnswer>;

const OpenWork = Type.Object({
  count: Type.Integer(),
  since: Type.Optional(Instant),
  oldest: Type.Optional(Type.String({ description: 'The id of the oldest one.' })),
});
/** GET /operations/open-work of ticket-app: by kind, what is to come to an end. */
export const OpenWorkView = Type.Object({
  kinds: Type.Record(Type.String(), OpenWork),
});
export type OpenWorkView = Static<typeof OpenWorkView>;

/** POST /operations/projections/bookings and …/waitlist-entries of client-app. */
export const Reproject = Type.Object({ ids: Type.Array(Id, { minItems: 1, maxItems: 50, uniqueItems: true }) });
/** `unknown`: ticket-app does not know it. `no_answer`: ask again. `newer`: client-app knows more than ticket-app. */
export const ReprojectOutcome = oneOf(['changed', 'same', 'newer', 'unknown', 'no_answer']);
export type ReprojectOutcome = Static<typeof ReprojectOutcome>;
export const Reprojected = Type.Object({
  results: Type.Array(Type.Object({ id: Id, outcome: ReprojectOutcome })),
});
export type Reprojected = Static<typeof Reprojected>;

/** A page of ids, in their own order; `next` is what to begin after. */
export const IdPage = Type.Object({ ids: Type.Array(Id), next: Type.Optional(Id) });
export type IdPage = Static<typeof IdPage>;
