import { type Static, Type } from 'typebox';
import {
  type BookingReason,
  CancelReason,
  FailureReason,
  RefundOnBooking,
  BookingView as ToldBooking,
  textOfReason,
} from '../../../lib/contracts/booking.ts';
import { Id } from '../../../lib/contracts/primitives.ts';
import type { Booking } from '../models/booking.ts';
import { entryPath } from './waitlist-entry.ts';

export const bookingPath = (bookingId: string): string => `/bookings/${bookingId}`;

const { bookingId, bookingNumber, customerId, eventId, seatIds, version, status } = ToldBooking.properties;
const { reason, refusedSeatIds, event, seats, invoice, expiresAt, timeline, createdAt } = ToldBooking.properties;

const InList = {
  bookingId,
  bookingNumber,
  customerId,
  eventId,
  seatIds,
  version,
  status,
  reason,
  reasonText: Type.Optional(Type.String({ description: 'What the reason means to the customer.' })),
  refusedSeatIds,
  event,
  invoice,
  expiresAt,
  refund: Type.Optional(
    Type.Object({ ...RefundOnBooking.properties, reason: Type.Optional(Type.Union([FailureReason, CancelReason])) }),
  ),
  ticket: Type.Optional(
    Type.Object({ url: Type.String({ examples: ['/bookings/b1/ticket.pdf'] }), sha256: Type.String() }),
  ),
  waitlistEntryId: Type.Optional(Id),
  waitlistEntryUrl: Type.Optional(Type.String({ examples: ['/waitlist-entries/e1'] })),
  createdAt,
};
export const BookingInListView = Type.Object(InList);
export const BookingView = Type.Object({ ...InList, seats, timeline });

/** The ticket's place, once it is here and still good. */
const ticketOf = ({ _id, status, ticket, ticketFile }: Booking) =>
  status === 'CONFIRMED' && ticket && ticketFile?.sha256 === ticket.sha256
    ? { ticket: { url: `${bookingPath(_id)}/ticket.pdf`, sha256: ticket.sha256 } }
    : {};

/**
 * What an end means to somebody to whom the seat was offered from its queue and who never had it, where that is something
 * else.
 */
const textOfOfferReason: Partial<Record<BookingReason, string>> = {
  payment_expired: 'The seat was not paid in time, so it went to the next person in its queue.',
  payment_declined: 'The payment was declined each time, so the seat went to the next person in its queue.',
  cancelled_by_customer: 'You declined the seat, so it went to the next person in its queue.',
  organizer_unavailable:
    "The organizer's system did not answer in time. Nothing was charged, and you keep your place in the queue.",
  payment_unavailable:
    'The payment service did not answer in time. Nothing was charged, and you keep your place in the queue.',
};

function textOfEnd(reason: BookingReason, { waitlistEntryId, ticket }: Booking): string {
  const wasOnlyOffered = waitlistEntryId !== undefined && ticket === undefined;
  return (wasOnlyOffered && textOfOfferReason[reason]) || textOfReason[reason];
}

/** A booking as its customer sees it (C3): where it stands, why it ended, what it is made of, what happened when. */
export function presentBooking(booking: Booking): Static<typeof BookingView> {
  const { _id: bookingId, reason, event, refund, waitlistEntryId } = booking;
  return {
    bookingId,
    bookingNumber: booking.bookingNumber,
    customerId: booking.customerId,
    eventId: booking.eventId,
    seatIds: booking.seatIds,
    status: booking.status,
    version: booking.version,
    ...(reason && { reason, reasonText: textOfEnd(reason, booking) }),
    ...(booking.refusedSeatIds && { refusedSeatIds: booking.refusedSeatIds }),
    ...(event && { event: { ...event, startsAt: event.startsAt.toISOString() } }),
    ...(booking.seats && { seats: booking.seats }),
    ...(booking.invoice && { invoice: booking.invoice }),
    ...(booking.expiresAt && { expiresAt: booking.expiresAt.toISOString() }),
    ...(refund && { refund: { ...refund, at: refund.at.toISOString(), ...(reason && { reason }) } }),
    ...ticketOf(booking),
    ...(waitlistEntryId !== undefined && { waitlistEntryId, waitlistEntryUrl: entryPath(waitlistEntryId) }),
    timeline: booking.timeline.map(({ at, step, text }) => ({ at: at.toISOString(), step, text })),
    createdAt: booking.createdAt.toISOString(),
  };
}

/** A row of the history: the same without the timeline and the single seats, which the booking itself tells. */
export function presentBookingInList(booking: Booking): Static<typeof BookingInListView> {
  const { timeline: _, seats: __, ...row } = presentBooking(booking);
  return row;
}
