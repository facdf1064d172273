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

/** What the person reads when an offer is over. Times stand beside it, so it names none. */
export function textOfOffer({ reason }: Pick<Booking, 'reason'>, outcome: Exclude<OutcomeOfOffer, 'running'>): string {
  switch (outcome) {
    case 'FULFILLED':
      return 'You paid: the seat is yours.';
    case 'LAPSED':
      return reason === 'payment_declined'
        ? 'Your payment was declined each time, so the seat goes to whoever is next.'
        : 'You did not pay in time, so the seat goes to whoever is next.';
    case 'DECLINED':
      return 'You declined the seat.';
    case 'CLOSED':
      return reason === 'cancelled_by_organizer' ? 'The organizer took the offer back.' : textOfClosing;
    case 'requeue':
      return 'The offer could not be completed, through no fault of yours. You keep your place; it is made again.';
    case 'LEFT':
      return textOfLeaving;
    default:
      return outcome satisfies never;
  }
}

export const textOfLeaving = 'You left the queue.';
export const textOfClosing = 'The seat is no longer for sale, so its queue was closed.';
