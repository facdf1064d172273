import { type Static, Type } from 'typebox';
import { Id, Instant, Money, oneOf } from './primitives.ts';

export const EventStatus = oneOf(['draft', 'published', 'cancelled', 'ended']);
export type EventStatus = Static<typeof EventStatus>;

/** Which organizer's system holds the seats of an event (T8). */
export const OrganizerCode = oneOf(['x', 'y']);
export type OrganizerCode = Static<typeof OrganizerCode>;

/** How the cancellation of an event that had bookings goes on, or went. For admins. */
export const CancellationView = Type.Object({
  startedAt: Instant,
  reason: Type.Optional(Type.String()),
  /** Those that hold seats still, and those that were cancelled by it; money may be on its way back for longer. */
  bookings: Type.Object({ left: Type.Integer(), cancelled: Type.Integer() }),
  /** Bookings with a used ticket: they stand, and the organizer settles with these people. */
  usedTickets: Type.Array(Type.Object({ bookingId: Id, bookingNumber: Type.String() })),
  finishedAt: Type.Optional(Instant),
});
export type CancellationView = Static<typeof CancellationView>;

/** An event as ticket-app shows it. */
export const EventView = Type.Object({
  eventId: Id,
  /** The organizer who keeps it, a user of client-app; none where admins alone do. */
  ownerId: Type.Optional(Id),
  title: Type.String(),
  description: Type.String(),
  venue: Type.String(),
  city: Type.String(),
  organizerName: Type.String(),
  organizer: OrganizerCode,
  /** The event's name in the organizer's own system. */
  organizerEventRef: Type.String(),
  startsAt: Instant,
  endsAt: Instant,
  doorsAt: Type.Optional(Instant),
  salesStartAt: Instant,
  salesEndAt: Instant,
  /** Until then a buyer may cancel a paid booking: when the event starts, unless it says otherwise. */
  cancellableUntil: Instant,
  status: EventStatus,
  onSale: Type.Boolean(),
  /** How long an unpaid booking keeps its seats, where the event overrides the default. */
  holdSeconds: Type.Optional(Type.Integer()),
  /** How long a promoted person has to pay, where the event overrides the default. */
  offerSeconds: Type.Optional(Type.Integer()),
  seats: Type.Object({ total: Type.Integer(), open: Type.Integer() }),
  /** Of the seats that are not closed, sold or not; none while there are no seats. */
  prices: Type.Optional(Type.Object({ lowest: Money, highest: Money })),
  version: Type.Integer(),
  cancellation: Type.Optional(CancellationView),
});
export type EventView = Static<typeof EventView>;

/** A page of events, soonest first; without `nextCursor` it is the last one. */
export const EventPage = Type.Object({ events: Type.Array(EventView), nextCursor: Type.Optional(Type.String()) });
export type EventPage = Static<typeof EventPage>;
