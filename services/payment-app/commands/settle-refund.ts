import type { Invoice } from '../models/invoice.ts';
import type { Payments } from './payments.ts';

/** Ends a refund whose processing is over. Undefined: it was settled already; nothing was written or sent. */
export async function settleRefund(payments: Payments, { _id, refund }: Invoice): Promise<Invoice | undefined> {
  const { ledger, metrics, wake, log } = payments;
  if (!refund) throw new Error(`The invoice of booking ${_id} has no refund.`);
  const settled = await ledger.settleRefund(_id, refund.refundId);
  if (!settled) return undefined;
  wake.deliveries();
  metrics.refunds.inc({ outcome: 'succeeded' });
  log.info({ bookingId: _id, refundId: refund.refundId }, 'refund settled');
  return settled;
}
