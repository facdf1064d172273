import { type Static, Type } from 'typebox';
import { CustomerName, Id, Instant, oneOf, TimelineEntry, Version } from './primitives.ts';

export const WaitlistStatus = oneOf(['WAITING', 'OFFERED', 'FULFILLED', 'LAPSED', 'DECLINED', 'LEFT', 'CLOSED']);
export type WaitlistStatus = Static<typeof WaitlistStatus>;

/** Why somebody cannot queue for a seat. */
export const WaitlistRefusal = oneOf([
  'seat_open',
  'seat_closed',
  'seat_is_yours',
  'already_waiting',
  'waitlist_full',
  'waiting_limit_reached',
  'event_over',
  'too_late',
]);
export type WaitlistRefusal = Static<typeof WaitlistRefusal>;

/** The one table from a refusal to the HTTP status that tells it, at both doors. */
export const statusOfWaitlistRefusal: Record<WaitlistRefusal, number> = {
  seat_open: 409,
  seat_closed: 409,
  seat_is_yours: 409,
  already_waiting: 409,
  waitlist_full: 409,
  waiting_limit_reached: 409,
  event_over: 409,
  too_late: 503,
};

export const textOfWaitlistRefusal: Record<WaitlistRefusal, string> = {
  seat_open: 'This seat is free: nobody needs to queue for it. Book it.',
  seat_closed: 'This seat is not for sale.',
  seat_is_yours: 'You hold this seat already.',
  already_waiting: 'You are in the queue for this seat already.',
  waitlist_full: 'The queue for this seat is full. Choose another seat.',
  waiting_limit_reached: 'You are waiting for as many seats as one person may. Leave another queue first.',
  event_over: 'This event takes no one into its queues now.',
  too_late: 'You could not be put into the queue in time. Nothing was done; try again.',
};

/** POST /waitlist-entries of ticket-app (service credential); the caller mints the id, so that a repeat is the same entry. */
export const JoinWaitlist = Type.Object({
  entryId: Id,
  customerId: Id,
  customerName: CustomerName,
  eventId: Id,
  seatId: Id,
  /** Nobody is put into the queue after this instant; the caller may take silence until then as "never". */
  joinBefore: Instant,
});
export type JoinWaitlist = Static<typeof JoinWaitlist>;

/** One thing that happened to an entry, or to somebody who was before it in the queue. Texts are plain sentences. */
export const WaitlistHistoryEntry = Type.Object({
  ...TimelineEntry.properties,
  /** The place in the queue that this is about, counted from 1. */
  position: Type.Optional(Type.Integer({ minimum: 1 })),
});
export type WaitlistHistoryEntry = Static<typeof WaitlistHistoryEntry>;

/** A person's place in the queue of one seat. A higher `version` replaces a lower one (K-5); `position` has no version. */
export const WaitlistEntryView = Type.Object({
  entryId: Id,
  customerId: Id,
  eventId: Id,
  seatId: Id,
  version: Version,
  status: WaitlistStatus,
  /** Active entries before this one, plus 1; only while it waits or is offered the seat. */
  position: Type.Optional(Type.Integer({ minimum: 1 })),
  /** The booking by which the seat was offered last. */
  bookingId: Type.Optional(Id),
  history: Type.Array(WaitlistHistoryEntry),
  joinedAt: Instant,
});
export type WaitlistEntryView = Static<typeof WaitlistEntryView>;

/** A problem that tells why an entry could not be made, or could not be left. */
export const WaitlistProblem = Type.Object({
  code: Type.String(),
  detail: Type.String(),
  field: Type.Optional(Type.String()),
  /** `already_waiting`: the entry that exists. */
  entryId: Type.Optional(Id),
  /** `offered`: the booking to pay or to cancel. */
  bookingId: Type.Optional(Id),
});
export type WaitlistProblem = Static<typeof WaitlistProblem>;

/**
 * The body of each webhook about the waitlist: the entry as it is when it is sent. `passed`: lapsed or declined;
 * `requeued`: the offer failed through no fault of the person, who keeps the place.
 */
export const WaitlistWebhook = Type.Object({
  type: oneOf([
    'waitlist.offered',
    'waitlist.requeued',
    'waitlist.fulfilled',
    'waitlist.passed',
    'waitlist.left',
    'waitlist.closed',
  ]),
  ...WaitlistEntryView.properties,
});
export type WaitlistWebhook = Static<typeof WaitlistWebhook>;
