import { type Connection, type Model, Schema } from 'mongoose';
import type { Money } from '../../../lib/contracts/primitives.ts';
import type { SeatStatus } from '../../../lib/contracts/seat.ts';

export type SeatHolder = { kind: 'booking'; bookingId: string; customerId: string } | { kind: 'waitlist' };

/** One document a seat: the truth about who has it. Only `seat-ledger.ts` writes it. */
export interface Seat {
  eventId: string;
  seatId: string;
  section: string;
  row: string;
  number: string;
  category: string;
  price: Money;
  status: SeatStatus;
  holder: SeatHolder | null;
  /** Taken out of sale: neither claimed nor offered. */
  closed: { reason: string } | null;
  /** Somebody may be waiting: a release hands the seat over instead of opening it. */
  waitlisted: boolean;
  /** Counts joins; the value a join made is its place in the queue's order. */
  waitSeq: number;
  /** Bookings that have been undone and whose delayed claims must fail until then (K-2). */
  barred: Array<{ bookingId: string; until: Date }>;
  /** The live seat map polls by it. */
  changedAt: Date;
  version: number;
}

export type NewSeat = Pick<Seat, 'seatId' | 'section' | 'row' | 'number' | 'category' | 'price'>;

const price = new Schema(
  { amount: { type: Number, required: true }, currency: { type: String, required: true } },
  { _id: false },
);
const barred = new Schema(
  { bookingId: { type: String, required: true }, until: { type: Date, required: true } },
  { _id: false },
);
const holder = new Schema(
  { kind: { type: String, required: true }, bookingId: String, customerId: String },
  { _id: false },
);

const schema = new Schema<Seat>({
  eventId: { type: String, required: true },
  seatId: { type: String, required: true },
  section: { type: String, required: true },
  row: { type: String, required: true },
  number: { type: String, required: true },
  category: { type: String, required: true },
  price: { type: price, required: true },
  status: { type: String, required: true },
  holder: { type: holder, default: null },
  closed: { type: new Schema({ reason: { type: String, required: true } }, { _id: false }), default: null },
  waitlisted: { type: Boolean, required: true },
  waitSeq: { type: Number, required: true },
  barred: { type: [barred], required: true },
  changedAt: { type: Date, required: true },
  version: { type: Number, required: true },
});

/** For reading. Whatever changes a seat goes through the ledger. */
export const seatModel = (connection: Connection): Model<Seat> =>
  (connection.models.Seat as Model<Seat> | undefined) ?? connection.model<Seat>('Seat', schema, 'seats');
