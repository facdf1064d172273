import { Context } from '@temporalio/activity';
import { bookingNumber } from '../lib/contracts/booking-number.ts';
import type { VoidAnswer } from '../lib/contracts/invoice.ts';
import { limits } from '../lib/contracts/limits.ts';
import type { RefundBooking } from '../services/ticket-app/commands/refund-booking.ts';
import type { BookingLedger } from '../services/ticket-app/models/booking-ledger.ts';
import type { PaymentApp } from '../services/ticket-app/neighbours/payment-app.ts';
import { bookingWorkflowId } from '../workflows/booking/booking.messages.ts';

interface Dependencies {
  bookings: BookingLedger;
  paymentApp: PaymentApp;
  refundBooking: RefundBooking;
}

export type InvoiceActivities = ReturnType<typeof createInvoiceActivities>;

/** What a booking asks of the payment app, which alone knows whether money moved. */
export function createInvoiceActivities({ bookings, paymentApp, refundBooking }: Dependencies) {
  /**
   * Creates the invoice and, with it, moves the booking to AWAITING_PAYMENT. The payment URL goes into the booking's
   * document, not into the workflow: whoever has it can see and pay the invoice. `voided`: a void came first.
   */
  async function createInvoice({
    bookingId,
    expiresAt,
  }: {
    bookingId: string;
    expiresAt: number;
  }): Promise<{ outcome: 'created' | 'voided' }> {
    const { seats = [], event } = await bookings.get(bookingId);
    const invoice = await paymentApp.createInvoice(
      {
        bookingId,
        workflowId: bookingWorkflowId(bookingId),
        amount: seats.reduce((sum, { price }) => sum + price.amount, 0),
        currency: 'IDR',
        description: `${event?.title ?? 'Seats'}, booking ${bookingNumber(bookingId)}`.slice(0, 200),
        lines: seats.map(({ section, row, number, price }) => ({
          text: `${section}, row ${row}, seat ${number}`.slice(0, 120),
          amount: price.amount,
        })),
        expiresAt: new Date(expiresAt).toISOString(),
        paymentTries: limits.paymentTries,
      },
      Context.current().cancellationSignal,
    );
    const { invoiceNumber, paymentUrl, amount, currency } = invoice;
    if (invoice.status === 'VOIDED' || paymentUrl === undefined) return { outcome: 'voided' };
    await bookings.move(
      bookingId,
      'AWAITING_PAYMENT',
      { step: 'invoiced', text: 'The invoice is ready; pay it before the hold ends.' },
      { invoice: { invoiceNumber, paymentUrl, amount, currency }, expiresAt: new Date(expiresAt) },
    );
    return { outcome: 'created' };
  }

  const voidInvoice = (bookingId: string): Promise<VoidAnswer> => paymentApp.voidInvoice(bookingId);

  /** `pending`: accepted, and being done; ask again. Its webhooks wake the booking's workflow, or the one that is named. */
  const requestRefund = async (
    bookingId: string,
    workflowId?: string,
  ): Promise<{ status: 'pending' | 'succeeded' | 'has_ticket' }> => ({
    status: await refundBooking(bookingId, workflowId),
  });

  return { createInvoice, voidInvoice, requestRefund };
}
