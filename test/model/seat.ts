import type { Rules } from './rules.ts';
import { withItem } from './world.ts';

/** services/ticket-app/models/seat-ledger.ts and seat-handover.ts: each operation is one compare-and-set. */
export interface Seat {
  readonly status: 'OPEN' | 'ON_GOING' | 'BOOKED';
  /** A booking's id, or the waitlist. */
  readonly holder: string | null;
  readonly closed: boolean;
  readonly waitlisted: boolean;
  readonly waitSeq: number;
  readonly barred: readonly string[];
}

export const waitlist = 'waitlist';
export const freeSeat: Seat = {
  status: 'OPEN',
  holder: null,
  closed: false,
  waitlisted: false,
  waitSeq: 0,
  barred: [],
};

interface Done<A> {
  answer: A;
  seat: Seat;
}

export function createSeatLedger(rules: Rules) {
  const isBarred = (seat: Seat, bookingId: string) => seat.barred.includes(bookingId);
  const bar = (seat: Seat, bookingId: string): Seat => ({ ...seat, barred: withItem(seat.barred, bookingId) });
  /** `inTime`: now < countBefore. */
  const mayCount = (seat: Seat, bookingId: string, inTime: boolean) =>
    (inTime || !rules.countBefore) && !(rules.barredCount && isBarred(seat, bookingId));
  const isFree = ({ holder }: Seat) => holder === waitlist;

  function counted(seat: Seat): Seat {
    const known: Seat = { ...seat, waitlisted: true, waitSeq: seat.waitSeq + 1 };
    return seat.status === 'OPEN' ? { ...known, status: 'ON_GOING', holder: waitlist } : known;
  }

  return {
    /** `inTime`: now < claimBefore. */
    claim(seat: Seat, bookingId: string, inTime: boolean): Done<'claimed' | 'already' | 'taken' | 'closed' | 'barred'> {
      const isInTime = inTime || !rules.claimBefore;
      const mayClaim = isInTime && !(rules.barredClaim && isBarred(seat, bookingId));
      if (seat.status === 'OPEN' && !seat.closed && mayClaim)
        return { answer: 'claimed', seat: { ...seat, status: 'ON_GOING', holder: bookingId } };
      if (seat.holder === bookingId && rules.repeatedClaim) return { answer: 'already', seat };
      if (seat.closed) return { answer: 'closed', seat };
      return { answer: seat.status === 'OPEN' ? 'barred' : 'taken', seat };
    },

    confirm(seat: Seat, bookingId: string): Done<'confirmed' | 'already' | 'lost'> {
      if (seat.holder !== bookingId) return { answer: 'lost', seat };
      if (seat.status === 'ON_GOING') return { answer: 'confirmed', seat: { ...seat, status: 'BOOKED' } };
      return { answer: rules.repeatedConfirm ? 'already' : 'lost', seat };
    },

    release(seat: Seat, bookingId: string): Done<'opened' | 'handed' | 'not_held'> {
      const barred = bar(seat, bookingId);
      const isHeld = seat.holder === bookingId || (!rules.onlyHolderReleases && !isFree(seat) && seat.holder !== null);
      if (isFree(seat)) return { answer: rules.repeatedReleaseHands ? 'handed' : 'not_held', seat: barred };
      if (!isHeld) return { answer: 'not_held', seat: barred };
      if (rules.handover && seat.waitlisted && !(seat.closed && rules.noHandoverOfClosed))
        return { answer: 'handed', seat: { ...barred, status: 'ON_GOING', holder: waitlist } };
      return { answer: 'opened', seat: { ...barred, status: 'OPEN', holder: null } };
    },

    /** Nobody joins the queue of a seat that is free, closed, or their own (`isTheirs`). */
    queue(
      seat: Seat,
      { isTheirs, bookingId, inTime }: { isTheirs: boolean; bookingId: string; inTime: boolean },
    ): Done<'queued' | 'seat_open' | 'seat_closed' | 'seat_is_yours' | 'barred' | 'late'> {
      if (seat.status !== 'OPEN' && !seat.closed && !isTheirs && mayCount(seat, bookingId, inTime))
        return { answer: 'queued', seat: { ...seat, waitlisted: true, waitSeq: seat.waitSeq + 1 } };
      if (seat.closed) return { answer: 'seat_closed', seat };
      if (isTheirs) return { answer: 'seat_is_yours', seat };
      if (isBarred(seat, bookingId)) return { answer: 'barred', seat };
      return { answer: inTime ? 'seat_open' : 'late', seat };
    },

    /** `inTime`: now < offerBefore. */
    offer(seat: Seat, bookingId: string, inTime: boolean): Done<'offered' | 'already' | 'gone'> {
      const mayOffer =
        (inTime || !rules.offerBefore) &&
        !(rules.barredOffer && isBarred(seat, bookingId)) &&
        !(rules.noOfferOfClosed && seat.closed);
      if (isFree(seat) && mayOffer) return { answer: 'offered', seat: { ...seat, holder: bookingId } };
      return { answer: seat.holder === bookingId ? 'already' : 'gone', seat };
    },

    bar(seat: Seat, bookingId: string): Done<'barred' | 'held'> {
      if (seat.holder === bookingId) return { answer: 'held', seat };
      return { answer: 'barred', seat: bar(seat, bookingId) };
    },

    mend(seat: Seat): Done<boolean> {
      if (seat.closed || (seat.status !== 'OPEN' && seat.waitlisted)) return { answer: false, seat };
      return { answer: true, seat: counted(seat) };
    },

    /** The same, whatever the seat knows, while the entry has neither ended nor bought it. `inTime`: now < countBefore. */
    countAgain(seat: Seat, bookingId: string, inTime: boolean): Done<boolean> {
      const answer =
        mayCount(seat, bookingId, inTime) && !seat.closed && !(rules.noCountOfHolder && seat.holder === bookingId);
      return { answer, seat: answer ? counted(seat) : seat };
    },

    openIfNobodyWaits(seat: Seat, seq: number): Done<'opened' | 'cleared' | 'newer'> {
      if (rules.waitSeq && seat.waitSeq !== seq) return { answer: 'newer', seat };
      if (!isFree(seat)) return { answer: 'cleared', seat: { ...seat, waitlisted: false } };
      return { answer: 'opened', seat: { ...seat, waitlisted: false, status: 'OPEN', holder: null } };
    },

    close: (seat: Seat): Seat => ({ ...seat, closed: true }),
  };
}
