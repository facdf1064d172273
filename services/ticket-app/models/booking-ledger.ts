import type { Connection, QueryFilter } from 'mongoose';
import type { BookingReason, BookingStatus, CancelReason } from '../../../lib/contracts/booking.ts';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';
import { type Booking, bookingModel, type CancelWish } from './booking.ts';

/*
 * The only code that changes a booking on the ticketing side. Each change is one compare-and-set that adds 1 to `version`;
 * a repeat finds its own step in the timeline, changes nothing and answers with the booking as it is (K-1, K-5).
 */

/**
 * From which states each state can be reached. `HOLDING` is the first one; a terminal state is the source of none.
 * One step leads back: CANCELLING → CONFIRMED, where a ticket was used (`resume`).
 */
const sources: Record<Exclude<BookingStatus, 'REQUESTED' | 'HOLDING'>, readonly BookingStatus[]> = {
  AWAITING_PAYMENT: ['HOLDING'],
  CONFIRMED: ['HOLDING', 'AWAITING_PAYMENT'],
  CANCELLING: ['CONFIRMED'],
  CANCELLED: ['HOLDING', 'AWAITING_PAYMENT', 'CANCELLING'],
  FAILED: ['HOLDING', 'AWAITING_PAYMENT'],
};

export const isOver = (status: BookingStatus): boolean =>
  ['CONFIRMED', 'CANCELLING', 'CANCELLED', 'FAILED'].includes(status);

export const unpaid = ['HOLDING', 'AWAITING_PAYMENT'] as const;

export interface Step {
  /** Names the step, once a booking: a second one of the same name is the first one repeated. */
  step: string;
  /** It comes too late once this step has been taken, and then changes nothing (an attempt that woke up, K-2). */
  before?: string;
  /** A plain sentence for the buyer. */
  text: string;
}

type Fields = Partial<
  Pick<
    Booking,
    'reason' | 'refusedSeatIds' | 'event' | 'seats' | 'invoice' | 'expiresAt' | 'refund' | 'cancelAsked' | 'ticket'
  >
>;

interface Change {
  from?: readonly BookingStatus[] | undefined;
  to?: BookingStatus;
  step: Step;
  fields?: Fields;
  /** Fields that are taken away. */
  without?: ReadonlyArray<keyof Fields>;
  /** What else must be so. */
  when?: QueryFilter<Booking> | undefined;
}

/** A booking may be cancelled again after a cancellation that was refused, and each step has its name once. */
const inRound = (step: string, round: number): string => (round === 1 ? step : `${step}/${round}`);
const roundsOf = ({ timeline }: Booking): number =>
  timeline.filter(({ step }) => /^cancelling(\/|$)/.test(step)).length;

/** Tells whether the booking was sold and got its ticket, whatever became of it afterwards. */
export const wasConfirmed = ({ timeline }: Booking): boolean => timeline.some(({ step }) => step === 'confirmed');

export interface Cancelling {
  reason: CancelReason;
  text: string;
  /** Not from this instant on, by the database's clock. */
  before?: Date | undefined;
}

export type BookingLedger = ReturnType<typeof createBookingLedger>;

export function createBookingLedger(connection: Connection) {
  const bookings = bookingModel(connection);

  const find = (bookingId: string) => bookings.findById(bookingId).lean<Booking | null>();

  /** By their ids; those that are not there are left out. */
  async function findMany(bookingIds: readonly string[]): Promise<Map<string, Booking>> {
    const found = await bookings.find({ _id: { $in: [...bookingIds] } }).lean<Booking[]>();
    return new Map(found.map((booking) => [booking._id, booking]));
  }

  /** The booking, which must exist. */
  async function get(bookingId: string): Promise<Booking> {
    const booking = await find(bookingId);
    if (!booking) throw new Error(`Booking ${bookingId} is not in the database.`);
    return booking;
  }

  /** Inserts a booking in HOLDING, or answers with the one of that id, whoever began it. */
  async function begin(
    start: Pick<Booking, '_id' | 'runId' | 'customerId' | 'eventId' | 'seatIds' | 'claimBefore' | 'waitlistEntryId'>,
  ): Promise<Booking> {
    const now = new Date();
    const text = start.waitlistEntryId
      ? 'The seat you queued for came back, and you were the first in the queue.'
      : 'You asked for these seats.';
    const timeline = [{ at: now, step: 'requested', text }];
    const booking: Booking = { ...start, version: 1, status: 'HOLDING', timeline, createdAt: now, changedAt: now };
    try {
      await bookings.create(booking);
      return booking;
    } catch (error) {
      if (isDuplicateKey(error)) return get(start._id);
      throw error;
    }
  }

  async function change(bookingId: string, { from, to, step: taking, fields, without = [], when }: Change) {
    const now = new Date();
    const { step, before, text } = taking;
    const taken = before === undefined ? [step] : [step, before];
    const changed = await bookings
      .findOneAndUpdate(
        { _id: bookingId, 'timeline.step': { $nin: taken }, ...(from && { status: { $in: from } }), ...when },
        {
          $set: { ...fields, ...(to && { status: to }), changedAt: now },
          ...(without.length > 0 && { $unset: Object.fromEntries(without.map((name) => [name, 1])) }),
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
    change(bookingId, { from: sources[to], to, step, fields });

  /** Ends a booking without a ticket; whoever asked to cancel it has their answer by that. */
  const end = (
    bookingId: string,
    to: 'FAILED' | 'CANCELLED',
    reason: BookingReason,
    text: string,
    fields: Fields = {},
    when?: QueryFilter<Booking>,
  ): Promise<Booking> =>
    change(bookingId, {
      from: sources[to],
      to,
      step: { step: to.toLowerCase(), text },
      fields: { ...fields, reason },
      without: ['cancelAsked'],
      when,
    });

  /** Writes something into the timeline, and fields beside the state: whatever the state is, or only in one of `during`. */
  const note = (
    bookingId: string,
    step: Step,
    fields: Fields = {},
    during?: readonly BookingStatus[],
  ): Promise<Booking> => change(bookingId, { from: during, step, fields });

  /**
   * Writes down that somebody wants a booking cancelled that is not over, so that it is done even if it is paid by then.
   * The first wish stands in the timeline; another one, for another reason, beside it. A repeat keeps the first's instant.
   */
  async function askToCancel(bookingId: string, wish: CancelWish, text: string): Promise<Booking> {
    const step = { step: 'cancel_asked', text };
    const booking = await change(bookingId, { from: unpaid, step, fields: { cancelAsked: [wish] } });
    if (isOver(booking.status) || booking.cancelAsked?.some(({ reason }) => reason === wish.reason)) return booking;
    const asked = await bookings
      .findOneAndUpdate(
        { _id: bookingId, status: { $in: unpaid }, 'cancelAsked.reason': { $ne: wish.reason } },
        { $push: { cancelAsked: wish } },
        { returnDocument: 'after' },
      )
      .lean<Booking | null>();
    return asked ?? get(bookingId);
  }

  /** The wish has been refused. */
  async function forgetWish(bookingId: string, reason: CancelReason): Promise<void> {
    await bookings.updateOne({ _id: bookingId }, { $pull: { cancelAsked: { reason } } });
  }

  /**
   * CONFIRMED → CANCELLING, from the booking as it was read: of several at once one begins, and one that comes late,
   * after that cancellation was refused, begins no other. Answers with the booking as it then is.
   */
  const beginCancelling = (booking: Booking, { reason, text, before }: Cancelling): Promise<Booking> =>
    change(booking._id, {
      from: sources.CANCELLING,
      to: 'CANCELLING',
      step: { step: inRound('cancelling', roundsOf(booking) + 1), text },
      fields: { reason },
      without: ['cancelAsked'],
      when: before && { $expr: { $lt: ['$$NOW', before] } },
    });

  /** CANCELLING → CONFIRMED: the cancellation in which the booking was read could not be done. */
  const resume = (booking: Booking, text: string): Promise<Booking> =>
    change(booking._id, {
      from: ['CANCELLING'],
      to: 'CONFIRMED',
      step: { step: inRound('not_cancelled', roundsOf(booking)), text },
      without: ['reason'],
    });

  return { find, findMany, get, begin, move, end, note, askToCancel, forgetWish, beginCancelling, resume };
}
