import type { Invoice } from '../models/invoice.ts';
import { outcomeOf } from './payment-outcome.ts';
import type { Payments } from './payments.ts';

/** Ends a try whose processing is over. Undefined: another process has settled it; nothing was written or sent. */
export async function settlePayment(
  payments: Payments,
  found: Invoice,
  attemptId: string,
): Promise<Invoice | undefined> {
  const { ledger, reader, config, metrics, wake, log } = payments;
  const attempt = found.attempts.find((candidate) => candidate.attemptId === attemptId);
  if (!attempt) throw new Error(`Invoice ${found.invoiceNumber} has no try ${attemptId}.`);
  const outcome = outcomeOf(attempt, config);
  let seen: Invoice | undefined = found;
  while (seen?.status === 'PROCESSING' && seen.attemptId === attemptId) {
    const settled = await ledger.settleAttempt(seen, attemptId, outcome);
    if (settled) {
      wake.deliveries();
      metrics.attempts.inc({ outcome });
      log.info({ bookingId: settled._id, attemptId, outcome, status: settled.status }, 'payment try settled');
      return settled;
    }
    seen = await reader.byBooking(found._id);
  }
  return undefined;
}
