import type { PaymentWebhook } from '../../../lib/contracts/invoice.ts';
import type { Delivery, Invoice } from '../models/invoice.ts';

/** The body of a webhook: made of facts that never change, so each retry sends the same bytes. */
export function webhookBody(invoice: Invoice, delivery: Delivery): PaymentWebhook {
  const { type, attemptId, refundId, refundTry, invoiceStatus, triesLeft, createdAt } = delivery;
  const workflowId = refundId === undefined ? invoice.workflowId : invoice.refund?.workflowId;
  if (workflowId === undefined) throw new Error(`Invoice ${invoice.invoiceNumber} names no workflow to wake.`);
  return {
    type,
    invoiceNumber: invoice.invoiceNumber,
    bookingId: invoice._id,
    workflowId,
    ...(attemptId !== undefined && { attemptId }),
    ...(refundId !== undefined && { refundId }),
    ...(refundTry !== undefined && { refundTry }),
    invoiceStatus,
    triesLeft,
    amount: invoice.amount,
    currency: invoice.currency,
    at: createdAt.toISOString(),
  };
}
