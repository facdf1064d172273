import type { VoidAnswer } from '../../../lib/contracts/invoice.ts';
import type { Invoice } from '../models/invoice.ts';
import type { Payments } from './payments.ts';

/**
 * Makes sure that no new try is accepted for this booking, known or not, and answers how its invoice stands.
 * PROCESSING: ask again; a try that was under way decides, and a decline then ends VOIDED.
 */
export async function voidInvoice(payments: Payments, bookingId: string): Promise<VoidAnswer> {
  const { ledger, reader } = payments;
  for (;;) {
    const changed = (await ledger.voidUnpaid(bookingId)) ?? (await ledger.requestVoid(bookingId));
    const invoice = changed ?? (await reader.byBooking(bookingId)) ?? (await ledger.buryUnborn(bookingId));
    const status = invoice && settledStatus(invoice);
    if (status) return { bookingId, status };
    // It moved between two looks (created, or a try declined): once more.
  }
}

/** Undefined: the void has not taken hold yet. */
function settledStatus({ status, voidRequested }: Invoice): VoidAnswer['status'] | undefined {
  if (status === 'PENDING' || (status === 'PROCESSING' && !voidRequested)) return undefined;
  return status;
}
