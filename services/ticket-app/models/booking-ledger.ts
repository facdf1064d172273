import type { Connection } from 'mongoose';
import type { BookingReason, BookingStatus } from '../../../lib/contracts/booking.ts';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';
import { type Booking, bookingModel } from './booking.ts';

/*
 * The only code that changes a booking on the ticketing side. Each change is one compare-and-set that adds 1 to `version`;
 * a repeat finds its own step in the timeline, changes nothing and answers with the booking as it is (K-1, K-5).
 */

/** From which states each state can be reached. `HOLDING` is the first one; a terminal state is the source of none. */
const sources: Record<Exclude<BookingStatus, 'REQUESTED' | 'HOLDING'>, readonly BookingStatus[]> = {
  AWAITING_PAYMENT: ['HOLDING'],
  CONFIRMED: ['HOLDING', 'AWAITING_PAYMENT'],
  CANCELLING: ['CONFIRMED'],
  CANCELLED: ['HOLDING', 'AWAITING_PAYMENT', 'CANCELLING'],
  FAILED: ['HOLDING', 'AWAITING_PAYMENT'],
};

export const isOver = (status: BookingStatus): boolean =>
  ['CONFIRMED', 'CANCELLING', 'CANCELLED', 'FAILED'].includes(status);

export interface Step {
  /** Names the step, once a booking: a second one of the same name is the first one repeated. */
  step: string;
  /** It comes too late once this step has been taken, and then changes nothing (an attempt that woke up, K-2). */
  before?: string;
  /** A plain sentence for the buyer. */
  text: string;
}

type Fields = Partial<
  Pick<Booking, 'reason' | 'refusedSeatIds' | 'event' | 'seats' | 'invoice' | 'expiresAt' | 'refund' | 'ticket'>
>;

export type BookingLedger = ReturnType<typeof createBookingLedger>;

export function createBookingLedger(connection: Connection) {
  const bookings = bookingModel(connection);

  const find = (bookingId: string) => bookings.findById(bookingId).lean<Booking | null>();

  /** The booking, which must exist. */
  async function get(bookingId: string): Promise<Booking> {
    const booking = await find(bookingId);
    if (!booking) throw new Error(`Booking ${bookingId} is not in the database.`);
    return booking;
  }

  /** Inserts a booking in HOLDING, or answers with the one of that id, whoever began it. */
  async function begin(
    start: Pick<Booking, '_id' | 'runId' | 'customerId' | 'eventId' | 'seatIds' | 'claimBefore'>,
  ): Promise<Booking> {
    const now = new Date();
    const timeline = [{ at: now, step: 'requested', text: 'You asked for these seats.' }];
    const booking: Booking = { ...start, version: 1, status: 'HOLDING', timeline, createdAt: now, changedAt: now };
    try {
      await bookings.create(booking);
      return booking;
    } catch (error) {
      if (isDuplicateKey(error)) return get(start._id);
      throw error;
    }
  }

  async function change(
    bookingId: string,
    from: readonly BookingStatus[] | undefined,
    to: BookingStatus | undefined,
    { step, before, text }: Step,
    fields: Fields,
  ) {
    const now = new Date();
    const taken = before === undefined ? [step] : [step, before];
    const changed = await bookings
      .findOneAndUpdate(
        { _id: bookingId, 'timeline.step': { $nin: taken }, ...(from && { status: { $in: from } }) },
        {
          $set: { ...fields, ...(to && { status: to }), changedAt: now },
          $push: { timeline: { at: now, step, text } },
          $inc: { version: 1 },
        },
        { returnDocument: 'after' },
      )
      .lean<Booking | null>();
    return changed ?? get(bookingId);
  }

  /** Moves a booking on, where the table allows it. Answers with the booking as it then is: look at its status. */
  const move = (bookingId: string, to: keyof typeof sources, step: Step, fields: Fields = {}): Promise<Booking> =>
    change(bookingId, sources[to], to, step, fields);

  /** Ends a booking without a ticket. */
  const end = (
    bookingId: string,
    to: 'FAILED' | 'CANCELLED',
    reason: BookingReason,
    text: string,
    fields: Fields = {},
  ) => move(bookingId, to, { step: to.toLowerCase(), text }, { ...fields, reason });

  /** Writes something into the timeline, and fields beside the state: whatever the state is, or only in one of `during`. */
  const note = (
    bookingId: string,
    step: Step,
    fields: Fields = {},
    during?: readonly BookingStatus[],
  ): Promise<Booking> => change(bookingId, during, undefined, step, fields);

  return { find, get, begin, move, end, note };
}
