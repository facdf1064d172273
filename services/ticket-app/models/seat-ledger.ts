import mongoose, { type Connection } from 'mongoose';
import { barredBy } from './barred.ts';
import { type NewSeat, type Seat, seatModel } from './seat.ts';
import { seatHandover } from './seat-handover.ts';

/*
 * The only code that changes a seat. Each change is one compare-and-set on one document, and each may be repeated (K-1).
 *
 *   operation  from                                            to                     answers
 *   claim      OPEN, not closed, not barred, before its time   ON_GOING(booking)      claimed | already | taken | closed | barred
 *   confirm    ON_GOING(booking)                               BOOKED(booking)        confirmed | already | lost
 *   release    held by the booking, nobody waits or closed     OPEN                   opened
 *              held by the booking, somebody waits             ON_GOING(waitlist)     handed
 *              with the waitlist (a repeat, or another's end)  unchanged              handed
 *              anything else                                   unchanged              not_held
 *              (in each case the booking is barred: a claim or an offer of it that is still under way will fail)
 *   queue      not OPEN, not closed, not held by this person,
 *              not barred, before its time                     waitlisted, seq + 1    queued | seat_open | seat_closed | seat_is_yours | barred
 *   offer      ON_GOING(waitlist), not closed, not barred      ON_GOING(booking)      offered | already | gone
 *   bar        not held by the booking                         unchanged, but barred  barred | held (unchanged)
 *   mend       OPEN or not waitlisted, not closed              waitlisted, seq + 1, and OPEN becomes ON_GOING(waitlist)
 *   countAgain not closed, not held by the booking,
 *              not barred, before its time                     the same, whatever the seat knows
 *   openIfNobodyWaits(seq)
 *              ON_GOING(waitlist), seq is still the same       OPEN, not waitlisted   opened
 *              anything else, seq is still the same            not waitlisted         cleared
 *              seq has risen                                   unchanged              newer
 *   close / reopen, edit / remove (only OPEN and nobody waits), add
 *
 * The middle part stands in `seat-handover.ts`.
 */

export interface Claim {
  eventId: string;
  seatId: string;
  bookingId: string;
  customerId: string;
  /** No claim of this booking takes effect after it, by the database's clock. */
  claimBefore: Date;
}

export type ClaimAnswer =
  | { outcome: 'claimed' | 'already'; seat: Seat }
  | { outcome: 'taken' | 'closed' | 'barred' | 'unknown_seat' };
export type ConfirmAnswer = 'confirmed' | 'already' | 'lost';
export type ReleaseAnswer = 'opened' | 'handed' | 'not_held';
/** `busy`: the seat is held, sold or waited for. */
export type ChangeAnswer = 'changed' | 'busy' | 'unknown_seat';

type BookingOnSeat = Pick<Claim, 'eventId' | 'seatId' | 'bookingId'>;
type SomeSeats = { eventId: string; seatIds?: string[]; reason: string };

const touched = { $inc: { version: 1 }, $currentDate: { changedAt: true } } as const;
const free = { status: 'OPEN', waitlisted: false } as const;
const holds = (seat: Seat, bookingId: string) => seat.holder?.kind === 'booking' && seat.holder.bookingId === bookingId;

/** Every insert that failed failed because the document is there. */
function isOnlyDuplicates(error: unknown): error is mongoose.mongo.MongoBulkWriteError {
  if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) return false;
  return [error.writeErrors].flat().every(({ code }) => code === 11000);
}

export type SeatLedger = ReturnType<typeof createSeatLedger>;

export function createSeatLedger(connection: Connection) {
  const seats = seatModel(connection);

  async function claim({ eventId, seatId, bookingId, customerId, claimBefore }: Claim): Promise<ClaimAnswer> {
    const claimed = await seats
      .findOneAndUpdate(
        {
          eventId,
          seatId,
          status: 'OPEN',
          closed: null,
          'barred.bookingId': { $ne: bookingId },
          $expr: { $lt: ['$$NOW', claimBefore] },
        },
        { $set: { status: 'ON_GOING', holder: { kind: 'booking', bookingId, customerId } }, ...touched },
        { returnDocument: 'after' },
      )
      .lean<Seat>();
    if (claimed) return { outcome: 'claimed', seat: claimed };
    const seat = await seats.findOne({ eventId, seatId }).lean<Seat>();
    if (!seat) return { outcome: 'unknown_seat' };
    if (holds(seat, bookingId)) return { outcome: 'already', seat };
    if (seat.closed) return { outcome: 'closed' };
    if (seat.status !== 'OPEN') return { outcome: 'taken' };
    if (seat.barred.some((bar) => bar.bookingId === bookingId) || claimBefore <= new Date())
      return { outcome: 'barred' };
    // It came free between the two looks.
    return { outcome: 'taken' };
  }

  async function confirm({ eventId, seatId, bookingId }: BookingOnSeat): Promise<ConfirmAnswer> {
    const mine = { eventId, seatId, 'holder.bookingId': bookingId };
    const { matchedCount } = await seats.updateOne(
      { ...mine, status: 'ON_GOING' },
      { $set: { status: 'BOOKED' }, ...touched },
    );
    if (matchedCount === 1) return 'confirmed';
    return (await seats.exists({ ...mine, status: 'BOOKED' })) ? 'already' : 'lost';
  }

  /** `barUntil` is the booking's claimBefore: after it no claim of it can take effect anyway. */
  async function release({
    eventId,
    seatId,
    bookingId,
    barUntil,
  }: BookingOnSeat & { barUntil: Date }): Promise<ReleaseAnswer> {
    const held = { $eq: ['$holder.bookingId', bookingId] };
    const handOver = { $and: ['$waitlisted', { $eq: ['$closed', null] }] };
    const before = await seats
      .findOneAndUpdate(
        { eventId, seatId },
        [
          {
            $set: {
              status: { $cond: [held, { $cond: [handOver, 'ON_GOING', 'OPEN'] }, '$status'] },
              holder: { $cond: [held, { $cond: [handOver, { kind: 'waitlist' }, null] }, '$holder'] },
              barred: barredBy('bookingId', bookingId, barUntil),
              changedAt: '$$NOW',
              version: { $add: ['$version', 1] },
            },
          },
        ],
        { returnDocument: 'before', updatePipeline: true },
      )
      .lean<Seat>();
    if (before?.holder?.kind === 'waitlist') return 'handed';
    if (!before || !holds(before, bookingId)) return 'not_held';
    return before.waitlisted && !before.closed ? 'handed' : 'opened';
  }

  const some = ({ eventId, seatIds }: SomeSeats) => ({ eventId, ...(seatIds && { seatId: { $in: seatIds } }) });

  /** Closed seats can be neither claimed nor offered; who holds one keeps it. Returns how many were closed by this call. */
  async function close(which: SomeSeats): Promise<number> {
    const { modifiedCount } = await seats.updateMany(
      { ...some(which), closed: null },
      { $set: { closed: { reason: which.reason } }, ...touched },
    );
    return modifiedCount;
  }

  /** Opens what was closed for that reason; what somebody still waits for goes to its waitlist. */
  async function reopen(which: SomeSeats): Promise<number> {
    const comesBackTo = { $and: ['$waitlisted', { $eq: ['$status', 'OPEN'] }] };
    const { modifiedCount } = await seats.updateMany(
      { ...some(which), 'closed.reason': which.reason },
      [
        {
          $set: {
            closed: null,
            status: { $cond: [comesBackTo, 'ON_GOING', '$status'] },
            holder: { $cond: [comesBackTo, { kind: 'waitlist' }, '$holder'] },
            changedAt: '$$NOW',
            version: { $add: ['$version', 1] },
          },
        },
      ],
      { updatePipeline: true },
    );
    return modifiedCount;
  }

  const changeAnswer = async (changed: number, eventId: string, seatId: string): Promise<ChangeAnswer> => {
    if (changed === 1) return 'changed';
    return (await seats.exists({ eventId, seatId })) ? 'busy' : 'unknown_seat';
  };

  async function edit(
    eventId: string,
    seatId: string,
    changes: Partial<Omit<NewSeat, 'seatId'>>,
  ): Promise<ChangeAnswer> {
    const { matchedCount } = await seats.updateOne({ eventId, seatId, ...free }, { $set: changes, ...touched });
    return changeAnswer(matchedCount, eventId, seatId);
  }

  async function remove(eventId: string, seatId: string): Promise<ChangeAnswer> {
    const { deletedCount } = await seats.deleteOne({ eventId, seatId, ...free });
    return changeAnswer(deletedCount, eventId, seatId);
  }

  /** Removes every seat of an event that is free. Returns how many are left. */
  async function removeAll(eventId: string): Promise<number> {
    await seats.deleteMany({ eventId, ...free });
    return seats.countDocuments({ eventId });
  }

  /** Adds seats; those that exist stay as they are, so that it may be repeated. Returns how many are new. */
  async function add(eventId: string, list: readonly NewSeat[]): Promise<number> {
    if (list.length === 0) return 0;
    const fresh = { ...free, holder: null, closed: null, waitSeq: 0, barred: [], version: 0, changedAt: new Date() };
    // Past mongoose, which would build and check a document for each of 50,000; and as inserts, which cost a tenth of upserts.
    try {
      const fields = list.map((seat) => ({ eventId, ...seat, ...fresh }));
      return (await seats.collection.insertMany(fields, { ordered: false })).insertedCount;
    } catch (error) {
      if (!isOnlyDuplicates(error)) throw error;
      return error.insertedCount;
    }
  }

  return { ...seatHandover(seats), claim, confirm, release, close, reopen, edit, remove, removeAll, add };
}
