import type { Booking } from '../../services/ticket-app/models/booking.ts';
import type { EndOfEntry } from '../../services/ticket-app/models/waitlist-ledger.ts';

/** What became of an offer. `requeue`: it failed through no fault of the person, who keeps the place. */
export type OutcomeOfOffer = 'running' | 'requeue' | EndOfEntry;

/** The one table from the booking of an offer to what it means for the entry: protocols.md, "Waitlist actor". */
export function outcomeOfOffer({
  status,
  reason,
  ticket,
}: Pick<Booking, 'status' | 'reason' | 'ticket'>): OutcomeOfOffer {
  // A ticket that was given back later had been theirs.
  if (status === 'CONFIRMED' || status === 'CANCELLING' || ticket) return 'FULFILLED';
  if (status !== 'FAILED' && status !== 'CANCELLED') return 'running';
  switch (reason) {
    case 'payment_expired':
    case 'payment_declined':
      return 'LAPSED';
    case 'cancelled_by_customer':
      return 'DECLINED';
    case 'cancelled_by_organizer':
    case 'event_cancelled':
      return 'CLOSED';
    default:
      return 'requeue';
  }
}

/** What the person reads. Times stand beside it, so it names none. */
export const textOfOutcome: Record<EndOfEntry | 'requeue', string> = {
  FULFILLED: 'You paid: the seat is yours.',
  LAPSED: 'You did not pay in time, so the seat was offered to the next in the queue.',
  DECLINED: 'You declined the seat.',
  LEFT: 'You left the queue.',
  CLOSED: 'The seat is no longer for sale, so its queue was closed.',
  requeue: 'The offer could not be completed, through no fault of yours. You keep your place; it is made again.',
};
