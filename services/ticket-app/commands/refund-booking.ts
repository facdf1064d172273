import { bookingWorkflowId } from '../../../workflows/booking/booking.messages.ts';
import type { BookingLedger } from '../models/booking-ledger.ts';
import type { TicketRecords } from '../models/ticket-records.ts';
import type { PaymentApp } from '../neighbours/payment-app.ts';

interface Dependencies {
  bookings: BookingLedger;
  tickets: TicketRecords;
  paymentApp: PaymentApp;
}

export type RefundBooking = ReturnType<typeof createRefundBooking>;

/**
 * Returns the money of a booking that has no ticket; repeat it until it says `succeeded`. First it makes sure that no
 * ticket can come any more: a booking that was paid ends in exactly one of ticket and refund (I2).
 */
export function createRefundBooking({ bookings, tickets, paymentApp }: Dependencies) {
  return async (bookingId: string): Promise<'pending' | 'succeeded' | 'has_ticket'> => {
    if ((await tickets.bar(bookingId)) === 'valid') return 'has_ticket';
    const { reason = 'seat_lost_after_payment' } = await bookings.get(bookingId);
    const refund = await paymentApp.refund({
      refundId: bookingId,
      bookingId,
      workflowId: bookingWorkflowId(bookingId),
      reason,
    });
    const done = refund.status === 'succeeded';
    const step = done
      ? { step: 'refunded', text: 'Your money has been returned.' }
      : { step: 'refund_requested', before: 'refunded', text: 'Your money is being returned.' };
    await bookings.note(bookingId, step, {
      refund: { refundId: bookingId, status: refund.status, amount: refund.amount, at: new Date() },
    });
    return refund.status;
  };
}
