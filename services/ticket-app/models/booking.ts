import { type Connection, type Model, Schema, type SchemaDefinition } from 'mongoose';
import type {
  BookingReason,
  BookingStatus,
  CancelReason,
  InvoiceOnBooking,
  RefundOnBooking,
  SeatOnBooking,
} from '../../../lib/contracts/booking.ts';
import type { OrganizerCode } from '../../../lib/contracts/event.ts';

/** What the booking was made of at its start: an event that changes later changes no booking. */
export interface BookedEvent {
  title: string;
  venue: string;
  city: string;
  startsAt: Date;
  organizer: OrganizerCode;
  organizerEventRef: string;
}

/** That somebody asked to cancel a booking before it was over. */
export interface CancelWish {
  reason: CancelReason;
  at: Date;
  /** One line for the timeline. */
  note?: string;
}

export interface Booking {
  _id: string;
  /** The workflow run that owns this booking; another run of the same id touches nothing. */
  runId: string;
  customerId: string;
  eventId: string;
  /** Sorted. */
  seatIds: string[];
  version: number;
  status: BookingStatus;
  reason?: BookingReason;
  refusedSeatIds?: string[];
  event?: BookedEvent;
  seats?: SeatOnBooking[];
  invoice?: InvoiceOnBooking;
  expiresAt?: Date;
  refund?: Omit<RefundOnBooking, 'at'> & { at: Date };
  /** Of whom it is not yet known what came of it; one a reason, the first asked first. */
  cancelAsked?: CancelWish[];
  ticket?: { id: string; sha256: string };
  /** The place in a seat's queue that this booking is the offer of. */
  waitlistEntryId?: string;
  timeline: Array<{ at: Date; step: string; text: string }>;
  claimBefore: Date;
  createdAt: Date;
  changedAt: Date;
}

const text = { type: String, required: true } as const;
const part = (definition: SchemaDefinition): Schema => new Schema(definition, { _id: false });
const money = part({ amount: { type: Number, required: true }, currency: text });

const schema = new Schema<Booking>({
  _id: text,
  runId: text,
  customerId: text,
  eventId: text,
  seatIds: { type: [String], required: true },
  version: { type: Number, required: true },
  status: text,
  reason: String,
  refusedSeatIds: { type: [String], default: undefined },
  event: part({
    title: text,
    venue: text,
    city: text,
    startsAt: { type: Date, required: true },
    organizer: text,
    organizerEventRef: text,
  }),
  seats: {
    type: [part({ seatId: text, section: text, row: text, number: text, category: text, price: money })],
    default: undefined,
  },
  invoice: part({ invoiceNumber: text, paymentUrl: text, amount: { type: Number, required: true }, currency: text }),
  expiresAt: Date,
  refund: part({
    refundId: text,
    status: text,
    amount: { type: Number, required: true },
    at: { type: Date, required: true },
  }),
  cancelAsked: { type: [part({ reason: text, at: { type: Date, required: true }, note: String })], default: undefined },
  ticket: part({ id: text, sha256: text }),
  waitlistEntryId: String,
  timeline: { type: [part({ at: { type: Date, required: true }, step: text, text })], required: true },
  claimBefore: { type: Date, required: true },
  createdAt: { type: Date, required: true },
  changedAt: { type: Date, required: true },
});

/** For reading. Whatever changes a booking goes through the ledger. */
export const bookingModel = (connection: Connection): Model<Booking> =>
  (connection.models.Booking as Model<Booking> | undefined) ?? connection.model<Booking>('Booking', schema, 'bookings');
