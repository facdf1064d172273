import type { InvoiceView, RefundAnswer } from '../../../lib/contracts/invoice.ts';
import type { Attempt, Invoice, Refund } from '../models/invoice.ts';

export const paymentUrl = (publicUrl: string, token: string): string => `${publicUrl}/pay/${token}`;

export const refundStatus = (refund: Refund): 'pending' | 'succeeded' => (refund.settledAt ? 'succeeded' : 'pending');

/** An invoice as services see it. */
export function presentInvoice(invoice: Invoice, publicUrl: string): InvoiceView {
  const { token, expiresAt, refund } = invoice;
  return {
    invoiceNumber: invoice.invoiceNumber,
    bookingId: invoice._id,
    status: invoice.status,
    amount: invoice.amount,
    currency: invoice.currency,
    triesLeft: invoice.triesLeft,
    ...(token !== undefined && { paymentUrl: paymentUrl(publicUrl, token) }),
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    voidRequested: invoice.voidRequested,
    attempts: invoice.attempts.map(presentAttempt),
    ...(refund && {
      refund: {
        refundId: refund.refundId,
        status: refundStatus(refund),
        amount: refund.amount,
        reason: refund.reason,
        requestedAt: refund.requestedAt.toISOString(),
        ...(refund.settledAt && { settledAt: refund.settledAt.toISOString() }),
        tries: refund.tries.map(({ n, at, outcome }) => ({ n, at: at.toISOString(), outcome })),
      },
    }),
  };
}

export function presentAttempt({
  attemptId,
  method,
  startedAt,
  settledAt,
  outcome,
}: Attempt): InvoiceView['attempts'][number] {
  return {
    attemptId,
    method,
    startedAt: startedAt.toISOString(),
    ...(settledAt && { settledAt: settledAt.toISOString() }),
    ...(outcome && { outcome }),
  };
}

export const presentRefund = (invoice: Invoice, refund: Refund): RefundAnswer => ({
  refundId: refund.refundId,
  bookingId: invoice._id,
  invoiceNumber: invoice.invoiceNumber,
  status: refundStatus(refund),
  amount: refund.amount,
  currency: invoice.currency,
});
