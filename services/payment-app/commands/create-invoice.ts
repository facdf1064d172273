import type { CreateInvoice } from '../../../lib/contracts/invoice.ts';
import type { Invoice } from '../models/invoice.ts';
import type { Payments } from './payments.ts';

export interface CreateInvoiceResult {
  /** `mismatch`: this booking has an invoice of another amount. A tombstone `exists`, and is VOIDED. */
  outcome: 'created' | 'exists' | 'mismatch';
  invoice: Invoice;
}

/** Makes the invoice of a booking; a repeat finds the one that exists. */
export async function createInvoice({ ledger, reader }: Payments, wanted: CreateInvoice): Promise<CreateInvoiceResult> {
  const { bookingId, workflowId, amount, currency, description, paymentTries } = wanted;
  const created = await ledger.create({
    bookingId,
    workflowId,
    amount,
    currency,
    description,
    paymentTries,
    lines: wanted.lines.map(({ text, amount }) => ({ text, amount })),
    expiresAt: new Date(wanted.expiresAt),
  });
  if (created) return { outcome: 'created', invoice: created };
  const invoice = await reader.byBooking(bookingId);
  if (!invoice) throw new Error(`The invoice of booking ${bookingId} exists, and cannot be read.`);
  const same = invoice.tombstone || (invoice.amount === amount && invoice.currency === currency);
  return { outcome: same ? 'exists' : 'mismatch', invoice };
}
