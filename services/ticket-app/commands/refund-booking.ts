import { type BookingReason, textOfReason } from '../../../lib/contracts/booking.ts';
import type { Money } from '../../../lib/contracts/primitives.ts';
import { wordMoney } from '../../../lib/money.ts';
import { bookingWorkflowId } from '../../../workflows/booking/booking.messages.ts';
import type { BookingLedger } from '../models/booking-ledger.ts';
import type { TicketRecords } from '../models/ticket-records.ts';
import type { PaymentApp } from '../neighbours/payment-app.ts';

interface Dependencies {
  bookings: BookingLedger;
  tickets: TicketRecords;
  paymentApp: PaymentApp;
}

/** Why money comes back, where the text of the booking's end says that it does. */
const textOfRefund: Partial<Record<BookingReason, string>> = {
  seat_lost_after_payment: 'The seat could not be confirmed after payment.',
};

/** What comes back, and why. */
const sentence = (money: Money, goes: string, reason: BookingReason): string =>
  `${wordMoney(money)} ${goes}. Reason: ${textOfRefund[reason] ?? textOfReason[reason]}`;

export type RefundBooking = ReturnType<typeof createRefundBooking>;

/**
 * Returns the money of a booking that has no ticket; repeat it until it says `succeeded`. First it makes sure that no
 * ticket can come any more: a booking that was paid ends in exactly one of ticket and refund (I2). Webhooks about the
 * refund wake the workflow that is named: the booking's, unless it is a cancellation's.
 */
export function createRefundBooking({ bookings, tickets, paymentApp }: Dependencies) {
  return async (
    bookingId: string,
    workflowId = bookingWorkflowId(bookingId),
  ): Promise<'pending' | 'succeeded' | 'has_ticket'> => {
    if ((await tickets.bar(bookingId)) === 'valid') return 'has_ticket';
    const { reason = 'seat_lost_after_payment' } = await bookings.get(bookingId);
    const refund = await paymentApp.refund({
      refundId: bookingId,
      bookingId,
      workflowId,
      reason,
    });
    const done = refund.status === 'succeeded';
    const step = done
      ? { step: 'refunded', text: sentence(refund, 'has been returned to you', reason) }
      : { step: 'refund_requested', before: 'refunded', text: sentence(refund, 'is being returned to you', reason) };
    await bookings.note(bookingId, step, {
      refund: { refundId: bookingId, status: refund.status, amount: refund.amount, at: new Date() },
    });
    return refund.status;
  };
}
