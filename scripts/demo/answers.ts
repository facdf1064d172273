import { type Static, Type } from 'typebox';
import {
  BookingStatus,
  CancelReason,
  FailureReason,
  InvoiceOnBooking,
  RefundOnBooking,
  SeatOnBooking,
} from '../../lib/contracts/booking.ts';
import { EventPage, EventView } from '../../lib/contracts/event.ts';
import { InvoiceStatus } from '../../lib/contracts/invoice.ts';
import { Id, Instant, Money, TimelineEntry } from '../../lib/contracts/primitives.ts';
import { SeatPage } from '../../lib/contracts/seat.ts';
import { SeatMap } from '../../lib/contracts/seat-map.ts';
import { WaitlistEntryView } from '../../lib/contracts/waitlist.ts';
import { compile } from '../../lib/schema/ajv.ts';

// What the demo reads of each answer. Reading an answer by its schema is the first thing that is asserted about it.

const Booking = Type.Object({
  bookingId: Id,
  bookingNumber: Type.String(),
  eventId: Id,
  seatIds: Type.Array(Id),
  status: BookingStatus,
  reason: Type.Optional(Type.Union([FailureReason, CancelReason])),
  reasonText: Type.Optional(Type.String()),
  seats: Type.Optional(Type.Array(SeatOnBooking)),
  invoice: Type.Optional(InvoiceOnBooking),
  expiresAt: Type.Optional(Instant),
  refund: Type.Optional(RefundOnBooking),
  ticket: Type.Optional(Type.Object({ url: Type.String(), sha256: Type.String() })),
  timeline: Type.Optional(Type.Array(TimelineEntry)),
});
export type Booking = Static<typeof Booking>;
export const booking = compile(Booking);

/** The answer to a booking call, with what is needed to pay (C5); without these while it takes longer (202). */
const BookingAnswer = Type.Object({
  ...Booking.properties,
  invoiceNumber: Type.Optional(Type.String()),
  paymentUrl: Type.Optional(Type.String()),
  amount: Type.Optional(Type.Integer()),
});
export const bookingAnswer = compile(BookingAnswer);

export const bookingPage = compile(Type.Object({ bookings: Type.Array(Booking) }));

const Payment = Type.Object({
  invoiceNumber: Type.String(),
  status: InvoiceStatus,
  payable: Type.Boolean(),
  notPayableBecause: Type.Optional(Type.String()),
  ...Money.properties,
  triesLeft: Type.Integer(),
  attempts: Type.Array(Type.Object({ method: Type.String(), outcome: Type.Optional(Type.String()) })),
});
export type Payment = Static<typeof Payment>;
export const payment = compile(Payment);

export const problem = compile(
  Type.Object({
    code: Type.String(),
    detail: Type.String(),
    seatIds: Type.Optional(Type.Array(Id)),
    canQueue: Type.Optional(Type.Boolean()),
    booking: Type.Optional(Booking),
  }),
);

/** A place in a queue as the Client App shows it. */
const Entry = Type.Object({
  ...Type.Pick(WaitlistEntryView, ['entryId', 'eventId', 'seatId', 'position', 'bookingId', 'history']).properties,
  status: Type.Union([WaitlistEntryView.properties.status, Type.Literal('REQUESTED')]),
  statusText: Type.String(),
});
export type Entry = Static<typeof Entry>;
export const entry = compile(Entry);

export const entryPage = compile(
  Type.Object({ entries: Type.Array(Type.Object({ entryId: Id, eventId: Id, seatId: Id })) }),
);

export const revokedTickets = compile(
  Type.Object({ tickets: Type.Array(Type.Object({ ticketNumber: Type.String(), bookingId: Id, revokedAt: Instant })) }),
);

export const user = compile(Type.Object({ userId: Id, name: Type.String(), email: Type.String() }));
export const session = compile(Type.Object({ accessToken: Type.String(), expiresIn: Type.Integer() }));
export const event = compile(EventView);
export const eventPage = compile(EventPage);
export const seatPage = compile(SeatPage);
export const seatMap = compile(SeatMap);

export const orderedFault = compile(Type.Object({ faultId: Type.Integer() }));
export const orderedFaults = compile(
  Type.Object({ faults: Type.Array(Type.Object({ faultId: Type.Integer(), times: Type.Integer() })) }),
);
export const holdPage = compile(
  Type.Object({
    holds: Type.Array(
      Type.Object({ reference: Type.String(), seats: Type.Array(Type.String()), state: Type.String() }),
    ),
  }),
);
