import { type Static, Type } from 'typebox';
import { limits } from './limits.ts';
import { CustomerName, Id, Instant, Money, oneOf, TimelineEntry, Version } from './primitives.ts';
import { SeatFacts } from './seat.ts';

export const BookingStatus = oneOf([
  'REQUESTED',
  'HOLDING',
  'AWAITING_PAYMENT',
  'CONFIRMED',
  'CANCELLING',
  'CANCELLED',
  'FAILED',
]);
export type BookingStatus = Static<typeof BookingStatus>;

export const FailureReason = oneOf([
  'not_started',
  'too_late',
  'not_on_sale',
  'limit_reached',
  'seat_taken',
  'seat_closed',
  'organizer_refused',
  'organizer_unavailable',
  'payment_unavailable',
  'payment_declined',
  'payment_expired',
  'seat_lost_after_payment',
]);
export type FailureReason = Static<typeof FailureReason>;

export const CancelReason = oneOf(['cancelled_by_customer', 'cancelled_by_organizer', 'event_cancelled']);
export type CancelReason = Static<typeof CancelReason>;

export type BookingReason = FailureReason | CancelReason;

/** The one table from the reason why a booking ended to the HTTP status that tells it, at both doors. */
export const statusOfReason: Record<BookingReason, number> = {
  seat_taken: 409,
  seat_closed: 409,
  not_on_sale: 409,
  limit_reached: 409,
  organizer_refused: 409,
  seat_lost_after_payment: 409,
  payment_declined: 402,
  payment_expired: 410,
  cancelled_by_customer: 410,
  cancelled_by_organizer: 410,
  event_cancelled: 410,
  not_started: 503,
  too_late: 503,
  organizer_unavailable: 503,
  payment_unavailable: 503,
};

/** What each reason means to the person who reads it, and what they can do. */
export const textOfReason: Record<BookingReason, string> = {
  seat_taken: 'Somebody else has this seat. Choose another one.',
  seat_closed: 'This seat is not for sale.',
  not_on_sale: 'This event is not on sale now.',
  limit_reached:
    'You have reached the limit of seats or unpaid bookings for this event. Pay or cancel a booking first.',
  organizer_refused: 'The organizer does not give this seat. Choose another one.',
  seat_lost_after_payment: 'The seat could not be confirmed after payment. Your money is being returned.',
  payment_declined: 'The payment was declined each time, so the seats were given back.',
  payment_expired: 'The booking was not paid in time, so the seats were given back.',
  cancelled_by_customer: 'You cancelled this booking.',
  cancelled_by_organizer: 'The organizer cancelled this booking.',
  event_cancelled: 'The event was cancelled.',
  not_started: 'The booking could not be started. Nothing was charged; try again.',
  too_late: 'The booking could not be started in time. Nothing was charged; try again.',
  organizer_unavailable: "The organizer's system did not answer in time. Nothing was charged; try again.",
  payment_unavailable: 'The payment service did not answer in time. Nothing was charged; try again.',
};

/** POST /bookings of ticket-app (service credential); the caller mints the id, so that a repeat is the same booking. */
export const BookingCall = Type.Object({
  bookingId: Id,
  customerId: Id,
  customerName: CustomerName,
  eventId: Id,
  seatIds: Type.Array(Id, { minItems: 1, maxItems: limits.seatsPerBooking, uniqueItems: true }),
  /** Nothing is started after this instant; the caller may take silence until then as "never". */
  startBefore: Instant,
});
export type BookingCall = Static<typeof BookingCall>;

export const InvoiceOnBooking = Type.Object({
  invoiceNumber: Type.String(),
  paymentUrl: Type.String(),
  ...Money.properties,
});
export type InvoiceOnBooking = Static<typeof InvoiceOnBooking>;

export const RefundOnBooking = Type.Object({
  refundId: Id,
  status: Type.Union([Type.Literal('pending'), Type.Literal('succeeded')]),
  amount: Type.Integer(),
  at: Instant,
});
export type RefundOnBooking = Static<typeof RefundOnBooking>;

/** The price is the one at which the seat was claimed. */
export const SeatOnBooking = SeatFacts;
export type SeatOnBooking = Static<typeof SeatOnBooking>;

/** A booking as ticket-app tells it, in answers and inside notifications. A higher `version` replaces a lower one (K-5). */
export const BookingView = Type.Object({
  bookingId: Id,
  /** What people read out on the phone, e.g. KRS-7H2K-9QXM. */
  bookingNumber: Type.String(),
  customerId: Id,
  eventId: Id,
  seatIds: Type.Array(Id),
  version: Version,
  status: BookingStatus,
  reason: Type.Optional(Type.Union([FailureReason, CancelReason])),
  /** The seats that the reason is about, where it is about some only. */
  refusedSeatIds: Type.Optional(Type.Array(Id)),
  event: Type.Optional(
    Type.Object({ title: Type.String(), venue: Type.String(), city: Type.String(), startsAt: Instant }),
  ),
  seats: Type.Optional(Type.Array(SeatOnBooking)),
  invoice: Type.Optional(InvoiceOnBooking),
  expiresAt: Type.Optional(Instant),
  refund: Type.Optional(RefundOnBooking),
  ticket: Type.Optional(Type.Object({ id: Type.String(), sha256: Type.String() })),
  /** The place in a seat's queue that this booking is the offer of. */
  waitlistEntryId: Type.Optional(Id),
  timeline: Type.Array(TimelineEntry),
  createdAt: Instant,
});
export type BookingView = Static<typeof BookingView>;

/** A problem that tells of a booking's end: with `booking` an outcome, without one (at the door) nothing was started. */
export const BookingProblem = Type.Object({
  code: Type.String(),
  detail: Type.String(),
  seatIds: Type.Optional(Type.Array(Id)),
  /** `seat_taken`: whether one may queue for the seat. */
  canQueue: Type.Optional(Type.Boolean()),
  /** `cancellation_closed`: since when. */
  cancellableUntil: Type.Optional(Instant),
  booking: Type.Optional(BookingView),
});
export type BookingProblem = Static<typeof BookingProblem>;

/** The body of each webhook about a booking from ticket-app to client-app. */
export const BookingWebhook = Type.Object({
  type: oneOf([
    'booking.awaiting_payment',
    'booking.confirmed',
    'booking.failed',
    'booking.cancelled',
    'booking.refunded',
  ]),
  ...BookingView.properties,
});
export type BookingWebhook = Static<typeof BookingWebhook>;

/** One line that is not blank. */
export const CancelNote = Type.String({ maxLength: 200, pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f]+$' });

/** POST /bookings/:bookingId/cancel of ticket-app. Refused: 409 `cancellation_closed` or `ticket_used`. */
export const CancelBooking = Type.Object({
  reason: CancelReason,
  /** What an admin says to the buyer; it stands in the booking's timeline. */
  note: Type.Optional(CancelNote),
});
export type CancelBooking = Static<typeof CancelBooking>;
