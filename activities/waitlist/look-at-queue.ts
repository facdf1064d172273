import { backoffMs, type RetrySchedule } from '../../lib/outbox/backoff.ts';
import type { BookingLedger } from '../../services/ticket-app/models/booking-ledger.ts';
import type { Event, FindEvent } from '../../services/ticket-app/models/event.ts';
import type { Seat } from '../../services/ticket-app/models/seat.ts';
import type { SeatLedger } from '../../services/ticket-app/models/seat-ledger.ts';
import { offerOf, type WaitlistEntry } from '../../services/ticket-app/models/waitlist-entry.ts';
import type { WaitlistLedger } from '../../services/ticket-app/models/waitlist-ledger.ts';
import type { SeatOfEvent } from '../../workflows/seat-waitlist/seat-waitlist.messages.ts';
import type { EndEntry } from './end-entry.ts';
import { outcomeOfOffer, textOfClosing, textOfOffer } from './outcome-of-offer.ts';

/** A booking that must be there: the seat is offered by it. */
export interface OfferedBooking {
  bookingId: string;
  entryId: string;
  customerId: string;
}

export type NextStep =
  /** The seat is offered to the first in the queue: start the booking, unless it runs already. */
  | { kind: 'offered'; booking: OfferedBooking }
  /** Nothing to do until something changes, or until `lookAgainAt` (milliseconds since 1970). */
  | { kind: 'wait'; lookAgainAt?: number }
  | { kind: 'again' }
  /** The seat and its queue have let go of each other. */
  | { kind: 'nobody_waits' };

interface Dependencies {
  entries: WaitlistLedger;
  seats: SeatLedger;
  bookings: BookingLedger;
  findEvent: FindEvent;
  endEntry: EndEntry;
}

/** An offer that failed through no fault of the person is made again: while a neighbour is away, ever less often. */
const offerAgain: RetrySchedule = {
  firstMs: 1_000,
  factor: 2,
  capMs: 600_000,
  giveUpAfterMs: Number.POSITIVE_INFINITY,
};
/** A seat that cannot be offered just now is looked at again. */
const goneMs = 1_000;
/** How many entries of a closed seat are ended in one step. */
const closeBatch = 25;

const isOver = (event: Event | null, now: Date): boolean =>
  event === null || event.status === 'cancelled' || event.status === 'ended' || event.endsAt <= now;

/**
 * One look at a seat and its queue, and the one thing that follows from it. It decides from the documents alone and may
 * be repeated at any point (K-1, K-3). Its cost does not depend on how many wait.
 */
export function createLookAtQueue({ entries, seats, bookings, findEvent, endEntry }: Dependencies) {
  const offered = (entry: WaitlistEntry): NextStep => ({
    kind: 'offered',
    booking: { bookingId: offerOf(entry), entryId: entry._id, customerId: entry.customerId },
  });

  /** Undefined: this offer is over, and the entry says how. */
  async function settleOffer(entry: WaitlistEntry): Promise<NextStep | undefined> {
    const booking = await bookings.find(offerOf(entry));
    if (!booking) return offered(entry);
    const outcome = outcomeOfOffer(booking);
    if (outcome === 'running') return { kind: 'wait' };
    if (outcome === 'requeue') {
      const notBefore = new Date(Date.now() + backoffMs(offerAgain, Math.min(entry.attempt, 20)));
      await entries.requeue(entry, textOfOffer(booking, outcome), notBefore);
    } else {
      await endEntry(entry, outcome, textOfOffer(booking, outcome));
    }
    return undefined;
  }

  const markOffered = async (entry: WaitlistEntry): Promise<NextStep> => {
    const marked = await entries.offered(entry, 'The seat came back and is offered to you.');
    return marked ? offered(entry) : { kind: 'again' };
  };

  /** Nobody is active: the seat opens, unless somebody joined since it was read. Whoever is offered it counts, too. */
  async function letGo(seat: Seat): Promise<NextStep> {
    if ((await entries.count(seat)) > 0) return { kind: 'again' };
    if ((await seats.openIfNobodyWaits({ ...seat, seq: seat.waitSeq })) === 'newer') return { kind: 'again' };
    return (await entries.count(seat)) > 0 ? { kind: 'again' } : { kind: 'nobody_waits' };
  }

  async function offerToFirst(seat: Seat, first: WaitlistEntry, offerBefore: Date): Promise<NextStep> {
    const lookAgainAt = first.notBefore?.getTime() ?? 0;
    // Whoever keeps the place keeps the seat waiting, too.
    if (lookAgainAt > Date.now()) return { kind: 'wait', lookAgainAt };
    const { eventId, seatId } = seat;
    const offer = { eventId, seatId, bookingId: offerOf(first), customerId: first.customerId, offerBefore };
    // Not to be had just now: it was closed this moment, or an earlier undoing of this offer has not ended yet.
    if ((await seats.offer(offer)) === 'gone') return { kind: 'wait', lookAgainAt: Date.now() + goneMs };
    return markOffered(first);
  }

  return async (place: SeatOfEvent, offerBefore: number): Promise<NextStep> => {
    // The seat before its queue: whoever joins after this has raised its waitSeq.
    const seat = await seats.find(place);
    if (!seat) return { kind: 'nobody_waits' };
    for (const entry of await entries.offers(place)) {
      const next = await settleOffer(entry);
      if (next) return next;
    }
    // Offered before a crash, and not marked: whoever it is, the seat is theirs.
    const unmarked = seat.holder?.kind === 'booking' ? await entries.waitingFor(seat.holder.bookingId) : undefined;
    if (unmarked) return markOffered(unmarked);
    const [first] = await entries.waiting(place, 1);
    const event = await findEvent(place.eventId);
    if (first && (seat.closed || isOver(event, new Date()))) {
      for (const entry of await entries.waiting(place, closeBatch)) await endEntry(entry, 'CLOSED', textOfClosing);
      return { kind: 'again' };
    }
    if (!first) return letGo(seat);
    if (await seats.mend(place)) return { kind: 'again' };
    if (seat.holder?.kind === 'waitlist') return offerToFirst(seat, first, new Date(offerBefore));
    return { kind: 'wait', ...(event && { lookAgainAt: event.endsAt.getTime() }) };
  };
}
