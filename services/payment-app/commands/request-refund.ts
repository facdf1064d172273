import type { InvoiceStatus, RefundRequest } from '../../../lib/contracts/invoice.ts';
import type { Invoice, Refund } from '../models/invoice.ts';
import type { Payments } from './payments.ts';

export type RefundResult =
  | { outcome: 'accepted'; invoice: Invoice; refund: Refund }
  | { outcome: 'not_paid'; invoiceStatus: InvoiceStatus | 'UNKNOWN' }
  /** The money goes, or went, back under another refund's id. */
  | { outcome: 'refunded_already'; refundId: string };

/** Returns what was paid, all of it and once; a repeat of the same `refundId` answers with the refund that exists. */
export async function requestRefund(payments: Payments, wanted: RefundRequest): Promise<RefundResult> {
  const { ledger, reader, config, wake } = payments;
  const { bookingId, refundId, workflowId, reason } = wanted;
  const seen = await reader.byBooking(bookingId);
  const durationMs = config.processingMs;
  const started =
    seen?.status === 'PAID'
      ? await ledger.startRefund(seen, { bookingId, refundId, workflowId, reason, durationMs })
      : undefined;
  if (started) wake.refunds(durationMs);
  const invoice = started ?? (await reader.byBooking(bookingId));
  if (!invoice?.refund) return { outcome: 'not_paid', invoiceStatus: invoice?.status ?? 'UNKNOWN' };
  const { refund } = invoice;
  if (refund.refundId !== refundId) return { outcome: 'refunded_already', refundId: refund.refundId };
  return { outcome: 'accepted', invoice, refund };
}
