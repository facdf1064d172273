import type { Model } from 'mongoose';
import { barredBy, isNotBarred } from './barred.ts';
import type { Seat } from './seat.ts';

export interface SeatOfEvent {
  eventId: string;
  seatId: string;
}

export interface Offer extends SeatOfEvent {
  bookingId: string;
  customerId: string;
  /** No offer takes effect after it, by the database's clock (K-2). */
  offerBefore: Date;
}

export interface Count extends SeatOfEvent {
  /** Of the offer that is made to the entry. */
  bookingId: string;
  /** By the database's clock. */
  countBefore: Date;
}

export interface Bar extends SeatOfEvent {
  bookingId: string;
  barUntil: Date;
}

export type QueueAnswer =
  | { outcome: 'queued'; seq: number }
  | { outcome: 'seat_open' | 'seat_closed' | 'seat_is_yours' | 'unknown_seat' | 'barred' };
export type OfferAnswer = 'offered' | 'already' | 'gone';
export type OpenAnswer = 'opened' | 'cleared' | 'newer';

const touched = { $inc: { version: 1 }, $currentDate: { changedAt: true } } as const;
const touchedBy = { changedAt: '$$NOW', version: { $add: ['$version', 1] } } as const;
const withWaitlist = { kind: 'waitlist' } as const;
const isOpen = { $eq: ['$status', 'OPEN'] };

/** The part of the seat ledger by which a seat passes through its queue. The table stands in `seat-ledger.ts`. */
export function seatHandover(seats: Model<Seat>) {
  const find = ({ eventId, seatId }: SeatOfEvent): Promise<Seat | null> =>
    seats.findOne({ eventId, seatId }).lean<Seat | null>();

  /** An attempt that wakes up late counts nobody who has left or bought the seat (K-2). */
  const inTime = ({ bookingId, countBefore }: Count) => ({
    $expr: { $and: [{ $lt: ['$$NOW', countBefore] }, isNotBarred('bookingId', bookingId)] },
  });
  const isBarred = ({ barred }: Seat, id: string) =>
    barred.some(({ bookingId, until }) => bookingId === id && until > new Date());
  const tooLate = ({ eventId, seatId }: SeatOfEvent) =>
    new Error(`Seat ${seatId} of ${eventId} was not told in time of who waits for it: to be done again.`);

  /**
   * Counts one more who waits: from here on the seat is handed over when it comes back. The count is a place in the order.
   * `barred`: the entry has been in the queue before, and ended. Throws when its time is over.
   */
  async function queue(count: Count & { customerId: string }): Promise<QueueAnswer> {
    const { eventId, seatId, customerId, bookingId } = count;
    const queued = await seats
      .findOneAndUpdate(
        {
          eventId,
          seatId,
          status: { $ne: 'OPEN' },
          closed: null,
          'holder.customerId': { $ne: customerId },
          ...inTime(count),
        },
        { $set: { waitlisted: true }, $inc: { waitSeq: 1, version: 1 }, $currentDate: { changedAt: true } },
        { returnDocument: 'after' },
      )
      .lean<Seat | null>();
    if (queued) return { outcome: 'queued', seq: queued.waitSeq };
    const seat = await find({ eventId, seatId });
    if (!seat) return { outcome: 'unknown_seat' };
    if (seat.closed) return { outcome: 'seat_closed' };
    if (seat.holder?.kind === 'booking' && seat.holder.customerId === customerId) return { outcome: 'seat_is_yours' };
    if (isBarred(seat, bookingId)) return { outcome: 'barred' };
    if (seat.status === 'OPEN') return { outcome: 'seat_open' };
    // Its time is over, or the seat has changed since: the next attempt knows.
    throw tooLate(seat);
  }

  /** Counts somebody who waits, in the order of a pipeline's update; a seat that is free goes to its waitlist. */
  const counted = {
    $set: {
      waitlisted: true,
      waitSeq: { $add: ['$waitSeq', 1] },
      status: { $cond: [isOpen, 'ON_GOING', '$status'] },
      holder: { $cond: [isOpen, withWaitlist, '$holder'] },
      ...touchedBy,
    },
  };

  /** Somebody waits although the seat does not know it (an entry that landed late): the seat goes to its waitlist. */
  async function mend({ eventId, seatId }: SeatOfEvent): Promise<boolean> {
    const { modifiedCount } = await seats.updateOne(
      { eventId, seatId, closed: null, $or: [{ status: 'OPEN' }, { waitlisted: false }] },
      [counted],
      { updatePipeline: true },
    );
    return modifiedCount === 1;
  }

  /**
   * The same for an entry that is there now, whatever the seat knows: whoever has read `waitSeq` and then found no entry
   * opens nothing any more. Tells whether the seat had not known. It takes effect before its time, while the entry's offer is
   * neither barred nor has the seat, or not at all (K-2). Throws when its time is over.
   */
  async function countAgain(count: Count): Promise<boolean> {
    const { eventId, seatId, bookingId } = count;
    const isOthers = { 'holder.bookingId': { $ne: bookingId } };
    const before = await seats
      .findOneAndUpdate({ eventId, seatId, closed: null, ...isOthers, ...inTime(count) }, [counted], {
        returnDocument: 'before',
        updatePipeline: true,
      })
      .lean<Seat | null>();
    if (before) return before.status === 'OPEN' || !before.waitlisted;
    const seat = await seats.findOne({ eventId, seatId, closed: null, ...isOthers }).lean<Seat | null>();
    if (seat && !isBarred(seat, bookingId)) throw tooLate({ eventId, seatId });
    return false;
  }

  async function offer({ eventId, seatId, bookingId, customerId, offerBefore }: Offer): Promise<OfferAnswer> {
    const { matchedCount } = await seats.updateOne(
      {
        eventId,
        seatId,
        status: 'ON_GOING',
        'holder.kind': 'waitlist',
        closed: null,
        // A bar that has run out bars no more: the same offer is made again as long as nobody repeats what undid it.
        $expr: { $and: [{ $lt: ['$$NOW', offerBefore] }, isNotBarred('bookingId', bookingId)] },
      },
      { $set: { holder: { kind: 'booking', bookingId, customerId } }, ...touched },
    );
    if (matchedCount === 1) return 'offered';
    return (await heldBy({ eventId, seatId, bookingId })) ? 'already' : 'gone';
  }

  /**
   * Bars an offer that is still under way (K-2). `held`: it has taken effect, and nothing is changed: a bar takes no seat
   * away, so that one which wakes up late harms nobody.
   */
  async function bar({ eventId, seatId, bookingId, barUntil }: Bar): Promise<'barred' | 'held'> {
    const { matchedCount } = await seats.updateOne(
      { eventId, seatId, 'holder.bookingId': { $ne: bookingId } },
      [{ $set: { barred: barredBy('bookingId', bookingId, barUntil), ...touchedBy } }],
      { updatePipeline: true },
    );
    return matchedCount === 0 && (await heldBy({ eventId, seatId, bookingId })) ? 'held' : 'barred';
  }

  /** `seq`: the seat's `waitSeq` before the queue was seen to be empty. Whoever joined since then has raised it. */
  async function openIfNobodyWaits({ eventId, seatId, seq }: SeatOfEvent & { seq: number }): Promise<OpenAnswer> {
    const waits = { $eq: ['$holder.kind', 'waitlist'] };
    const before = await seats
      .findOneAndUpdate(
        { eventId, seatId, waitSeq: seq, $or: [{ waitlisted: true }, { 'holder.kind': 'waitlist' }] },
        [
          {
            $set: {
              waitlisted: false,
              status: { $cond: [waits, 'OPEN', '$status'] },
              holder: { $cond: [waits, null, '$holder'] },
              ...touchedBy,
            },
          },
        ],
        { returnDocument: 'before', updatePipeline: true },
      )
      .lean<Seat | null>();
    if (before) return before.holder?.kind === 'waitlist' ? 'opened' : 'cleared';
    return (await seats.exists({ eventId, seatId, waitSeq: { $ne: seq } })) ? 'newer' : 'cleared';
  }

  /** The seat, if that booking has it. */
  const heldBy = ({ eventId, seatId, bookingId }: SeatOfEvent & { bookingId: string }): Promise<Seat | null> =>
    seats.findOne({ eventId, seatId, 'holder.bookingId': bookingId }).lean<Seat | null>();

  return { find, queue, mend, countAgain, offer, bar, openIfNobodyWaits, heldBy };
}
