import { Schema, type Types } from 'mongoose';
import type { BookingReason, BookingStatus, BookingView } from '../../../lib/contracts/booking.ts';
import { bookingNumber } from '../../../lib/contracts/booking-number.ts';
import type { Money } from '../../../lib/contracts/primitives.ts';
import type { LeaseFields } from '../../../lib/outbox/leases.ts';

/** A ticket's file in GridFS, kept only after its hash was checked. */
export interface TicketFile {
  fileId: Types.ObjectId;
  sha256: string;
  /** Bytes. */
  length: number;
}

export interface Check extends LeaseFields {
  /** How often ticket-app was asked since it last had news. */
  tries: number;
}

/** A booking as client-app keeps it: what ticket-app told last, and what client-app adds for itself (the last part). */
export interface Booking {
  _id: string;
  bookingNumber: string;
  customerId: string;
  eventId: string;
  seatIds: string[];
  /** ticket-app's counter; 0 is what client-app wrote alone (K-5). */
  version: number;
  status: BookingStatus;
  reason?: BookingReason;
  refusedSeatIds?: string[];
  event?: { title: string; venue: string; city: string; startsAt: Date };
  seats?: { seatId: string; section: string; row: string; number: string; category: string; price: Money }[];
  invoice?: { invoiceNumber: string; paymentUrl: string } & Money;
  expiresAt?: Date;
  refund?: { refundId: string; status: 'pending' | 'succeeded'; amount: number; at: Date };
  ticket?: { id: string; sha256: string };
  /** The place in a seat's queue that this booking is the offer of. */
  waitlistEntryId?: string;
  timeline: { at: Date; step: string; text: string }[];
  createdAt: Date;

  /** ticket-app starts nothing for this booking after it. Absent on bookings that did not begin here. */
  startBefore?: Date;
  /** Another call was made for it before there was an answer: what one of them was told may not be all that was done. */
  repeated?: boolean;
  /** Of a booking refused because its seat was taken: whether one could queue for the seat then. */
  canQueue?: boolean;
  /** Another try of the same call took its place: lists leave it out, should it have failed. */
  superseded?: boolean;
  ticketFile: TicketFile | null;
  /** When ticket-app is asked, if nothing is heard until then; absent once nothing more can come. */
  check?: Check;
  updatedAt: Date;
}

const money = { amount: { type: Number, required: true }, currency: { type: String, required: true } };
const part = (definition: Record<string, unknown>) => new Schema(definition, { _id: false, strict: 'throw' });
const text = { type: String, required: true };
const instant = { type: Date, required: true };

export const bookingSchema = new Schema<Booking>(
  {
    _id: text,
    bookingNumber: text,
    customerId: text,
    eventId: text,
    seatIds: { type: [String], required: true },
    version: { type: Number, required: true },
    status: text,
    reason: String,
    refusedSeatIds: { type: [String], default: undefined },
    event: part({ title: text, venue: text, city: text, startsAt: instant }),
    seats: {
      type: [
        part({ seatId: text, section: text, row: text, number: text, category: text, price: { type: part(money) } }),
      ],
      default: undefined,
    },
    invoice: part({ invoiceNumber: text, paymentUrl: text, ...money }),
    expiresAt: Date,
    refund: part({ refundId: text, status: text, amount: money.amount, at: instant }),
    ticket: part({ id: text, sha256: text }),
    waitlistEntryId: String,
    timeline: [part({ at: instant, step: text, text })],
    createdAt: instant,
    startBefore: Date,
    repeated: Boolean,
    canQueue: Boolean,
    superseded: Boolean,
    ticketFile: { type: part({ fileId: Schema.Types.ObjectId, sha256: text, length: money.amount }), default: null },
    check: part({ nextAttemptAt: Date, leasedUntil: Date, leaseId: String, tries: money.amount }),
    updatedAt: instant,
  },
  { strict: 'throw', versionKey: false },
);

type Told = Omit<
  Booking,
  | '_id'
  | 'customerId'
  | 'createdAt'
  | 'startBefore'
  | 'repeated'
  | 'canQueue'
  | 'superseded'
  | 'ticketFile'
  | 'check'
  | 'updatedAt'
>;

/** The fields of which ticket-app is the source, as stored; one it does not tell is undefined here, and is taken away. */
export function toldBy(view: BookingView) {
  const { event, refund, seats, invoice, ticket } = view;
  return {
    bookingNumber: view.bookingNumber || bookingNumber(view.bookingId),
    eventId: view.eventId,
    seatIds: view.seatIds,
    version: view.version,
    status: view.status,
    reason: view.reason,
    refusedSeatIds: view.refusedSeatIds,
    event: event && {
      title: event.title,
      venue: event.venue,
      city: event.city,
      startsAt: new Date(event.startsAt),
    },
    seats: seats?.map(({ seatId, section, row, number, category, price }) => ({
      seatId,
      section,
      row,
      number,
      category,
      price: { amount: price.amount, currency: price.currency },
    })),
    invoice: invoice && {
      invoiceNumber: invoice.invoiceNumber,
      paymentUrl: invoice.paymentUrl,
      amount: invoice.amount,
      currency: invoice.currency,
    },
    expiresAt: view.expiresAt === undefined ? undefined : new Date(view.expiresAt),
    refund: refund && {
      refundId: refund.refundId,
      status: refund.status,
      amount: refund.amount,
      at: new Date(refund.at),
    },
    ticket: ticket && { id: ticket.id, sha256: ticket.sha256 },
    waitlistEntryId: view.waitlistEntryId,
    timeline: view.timeline.map(({ at, step, text: told }) => ({ at: new Date(at), step, text: told })),
  } satisfies Record<keyof Told, unknown>;
}
