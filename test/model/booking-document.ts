import type { Rules } from './rules.ts';
import { withItem } from './world.ts';

export type BookingStatus =
  | 'absent'
  | 'HOLDING'
  | 'AWAITING_PAYMENT'
  | 'CONFIRMED'
  | 'CANCELLING'
  | 'CANCELLED'
  | 'FAILED';

/** services/ticket-app/models/booking-ledger.ts: the document of a booking, as far as others decide from it. */
export interface Booking {
  readonly status: BookingStatus;
  readonly reason: string;
  /** Its claimBefore has passed, by the database's clock. */
  readonly isTimeOver: boolean;
  /** `timeline` has the step "confirmed". */
  readonly wasConfirmed: boolean;
  /** How many steps "cancelling" and "not_cancelled" it has. */
  readonly cancellings: number;
  readonly resumed: number;
  /** `cancelAsked`: by whom it was asked to be cancelled while it was unpaid. */
  readonly wishes: readonly string[];
}

export const absentBooking: Booking = {
  status: 'absent',
  reason: '',
  isTimeOver: false,
  wasConfirmed: false,
  cancellings: 0,
  resumed: 0,
  wishes: [],
};

const sources: Record<'AWAITING_PAYMENT' | 'CONFIRMED' | 'CANCELLED' | 'FAILED', readonly BookingStatus[]> = {
  AWAITING_PAYMENT: ['HOLDING'],
  CONFIRMED: ['HOLDING', 'AWAITING_PAYMENT'],
  CANCELLED: ['HOLDING', 'AWAITING_PAYMENT', 'CANCELLING'],
  FAILED: ['HOLDING', 'AWAITING_PAYMENT'],
};

export const isOver = ({ status }: Booking): boolean =>
  status === 'CONFIRMED' || status === 'CANCELLING' || status === 'CANCELLED' || status === 'FAILED';

/** Each change is one compare-and-set; a repeat finds its own step taken and changes nothing. */
export function createBookingLedger(rules: Rules) {
  const mayBecome = (booking: Booking, to: keyof typeof sources) =>
    sources[to].includes(booking.status) || (!rules.noStepBack && booking.status !== 'absent' && booking.status !== to);

  return {
    begin: (booking: Booking): Booking => (booking.status === 'absent' ? { ...booking, status: 'HOLDING' } : booking),
    awaitPayment: (booking: Booking): Booking =>
      mayBecome(booking, 'AWAITING_PAYMENT') ? { ...booking, status: 'AWAITING_PAYMENT' } : booking,
    confirm: (booking: Booking): Booking =>
      mayBecome(booking, 'CONFIRMED') && !booking.wasConfirmed
        ? { ...booking, status: 'CONFIRMED', wasConfirmed: true }
        : booking,
    end: (booking: Booking, to: 'FAILED' | 'CANCELLED', reason: string): Booking =>
      mayBecome(booking, to) ? { ...booking, status: to, reason, wishes: [] } : booking,

    askToCancel: (booking: Booking, reason: string): Booking =>
      isOver(booking) ? booking : { ...booking, wishes: withItem(booking.wishes, reason) },
    /** `seen`: as it was read; of several at once one begins, and one that comes late begins no other round. */
    beginCancelling(booking: Booking, seen: Booking, reason: string): Booking {
      const isThisRound = booking.cancellings === seen.cancellings || !rules.roundsOfCancelling;
      if (booking.status !== 'CONFIRMED' || !isThisRound) return booking;
      return { ...booking, status: 'CANCELLING', reason, cancellings: booking.cancellings + 1, wishes: [] };
    },
    /** CANCELLING → CONFIRMED: the cancellation in which the booking was read could not be done. */
    resume(booking: Booking, seen: Booking): Booking {
      const isThisRound = booking.resumed < seen.cancellings || !rules.roundsOfResuming;
      if (booking.status !== 'CANCELLING' || !isThisRound) return booking;
      return { ...booking, status: 'CONFIRMED', reason: '', resumed: seen.cancellings };
    },
  };
}
