import { backoffMs, type RetrySchedule } from '../../../lib/outbox/backoff.ts';
import type { Invoice, RefundTryEnd } from '../models/invoice.ts';
import { refundOutcomeOf } from './payment-outcome.ts';
import type { Payments } from './payments.ts';

/** What is owed is returned in the end, so there is no giving up. */
export const refundSchedule: RetrySchedule = {
  firstMs: 500,
  factor: 2,
  capMs: 3_600_000,
  giveUpAfterMs: Number.POSITIVE_INFINITY,
};

/** Ends a refund's try whose processing is over. Undefined: that try was settled already; nothing was written or sent. */
export async function settleRefund(payments: Payments, invoice: Invoice): Promise<Invoice | undefined> {
  const { ledger, metrics, wake, log, config } = payments;
  const { _id, refund, attempts } = invoice;
  if (!refund) throw new Error(`The invoice of booking ${_id} has no refund.`);
  const { refundId } = refund;
  const n = refund.triesMade + 1;
  const paidBy = attempts.find(({ outcome }) => outcome === 'paid')?.method;
  const outcome = refundOutcomeOf({ refundId, n, paidBy }, config);
  const waitMs = backoffMs(refundSchedule, n);
  const end: RefundTryEnd =
    outcome === 'succeeded' ? { n, outcome } : { n, outcome, nextAttemptAt: new Date(Date.now() + waitMs) };
  const settled = await ledger.settleRefund(_id, refundId, end);
  if (!settled) return undefined;
  wake.deliveries();
  if (outcome === 'failed') wake.refunds(waitMs);
  metrics.refunds.inc({ outcome });
  log.info({ bookingId: _id, refundId, try: n, outcome }, 'refund try settled');
  return settled;
}
