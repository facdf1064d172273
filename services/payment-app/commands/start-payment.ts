import { newId } from '../../../lib/ids.ts';
import type { Attempt, Invoice } from '../models/invoice.ts';
import { isSlowMethod, type PaymentMethod } from '../payment-method.ts';
import type { Payments } from './payments.ts';

/** How long a slow test method takes unless told otherwise. */
export const slowTestMs = 4_000;

/** How often a payment call looks at an invoice that others change meanwhile. */
const maxLooks = 5;

export type PaymentRefusal =
  | 'already_paid'
  | 'payment_in_progress'
  | 'no_tries_left'
  | 'payment_expired'
  | 'invoice_voided'
  | 'idempotency_key_reused';

export type StartPaymentResult =
  | { outcome: 'accepted'; invoice: Invoice; attempt: Attempt }
  | { outcome: 'refused'; refusal: PaymentRefusal };

export interface PaymentTry {
  method: PaymentMethod;
  /** The same key is the same try. Without one each call is a try of its own. */
  key?: string;
  /** For slow test methods. */
  delayMs?: number;
}

/** Starts a try to pay, to be processed asynchronously; a repeat with the same key answers with the try that exists. */
export async function startPayment(
  payments: Payments,
  { _id: bookingId }: Invoice,
  wanted: PaymentTry,
): Promise<StartPaymentResult> {
  const { ledger, reader, config, wake } = payments;
  const { method, key = newId() } = wanted;
  const durationMs = isSlowMethod(method) ? (wanted.delayMs ?? slowTestMs) : config.processingMs;
  for (let looks = 0; looks < maxLooks; looks += 1) {
    const started = await ledger.startAttempt(bookingId, { key, method, durationMs });
    if (started) {
      wake.attempts(durationMs);
      return answerOf(started, key, method);
    }
    const invoice = await reader.byBooking(bookingId);
    if (!invoice) throw new Error(`Invoice of booking ${bookingId} is gone.`);
    if (invoice.attempts.some((attempt) => attempt.key === key)) return answerOf(invoice, key, method);
    const refusal = refusalOf(invoice);
    if (refusal) return { outcome: 'refused', refusal };
    // It was not payable a moment ago and is now (a try was declined in between): once more.
  }
  // It looks payable and is not, time and again: its deadline has passed by the database's clock, which decides.
  return { outcome: 'refused', refusal: 'payment_expired' };
}

function answerOf(invoice: Invoice, key: string, method: PaymentMethod): StartPaymentResult {
  const attempt = invoice.attempts.find((candidate) => candidate.key === key);
  if (attempt?.method !== method) return { outcome: 'refused', refusal: 'idempotency_key_reused' };
  return { outcome: 'accepted', invoice, attempt };
}

/** Why no new try can be started now, or undefined if one can. */
export function refusalOf(invoice: Invoice, now = new Date()): PaymentRefusal | undefined {
  if (['PAID', 'REFUNDING', 'REFUNDED'].includes(invoice.status)) return 'already_paid';
  if (invoice.voidRequested) return 'invoice_voided';
  if (invoice.status === 'PROCESSING') return 'payment_in_progress';
  if (invoice.status === 'FAILED') return 'no_tries_left';
  return !invoice.expiresAt || invoice.expiresAt <= now ? 'payment_expired' : undefined;
}
