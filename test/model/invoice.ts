import type { Rules } from './rules.ts';

/** services/payment-app/models/invoice-ledger.ts and the commands upon it: each operation is one compare-and-set. */
export interface Invoice {
  readonly status: 'absent' | 'PENDING' | 'PROCESSING' | 'PAID' | 'FAILED' | 'VOIDED' | 'REFUNDING' | 'REFUNDED';
  readonly voidRequested: boolean;
  readonly triesLeft: number;
  /** The number of the last try; `willPay`: what its seed has decided. */
  readonly attempt: number;
  readonly willPay: boolean;
  readonly isExpired: boolean;
  /** The webhook that tells how it ended: not yet due, to be delivered, done at ticket-app, or given up. */
  readonly webhook: 'none' | 'pending' | 'recorded' | 'done' | 'given_up';
  /** How often money came, and went back. */
  readonly charges: number;
  readonly returns: number;
  /** Tries to return it that have been made. */
  readonly refundTries: number;
}

export const absentInvoice = (triesLeft: number): Invoice => ({
  status: 'absent',
  voidRequested: false,
  triesLeft,
  attempt: 0,
  willPay: false,
  isExpired: false,
  webhook: 'none',
  charges: 0,
  returns: 0,
  refundTries: 0,
});

/** What a settling process has read before it writes. */
export interface SeenTry {
  readonly attempt: number;
  readonly voidRequested: boolean;
  readonly willPay: boolean;
}

export type VoidAnswer = 'VOIDED' | 'FAILED' | 'PAID' | 'PROCESSING' | 'REFUNDING' | 'REFUNDED';

/** An operation that answers undefined has changed nothing. */
export function createInvoiceLedger(rules: Rules) {
  return {
    create: (invoice: Invoice): Invoice => (invoice.status === 'absent' ? { ...invoice, status: 'PENDING' } : invoice),

    void(invoice: Invoice): { answer: VoidAnswer; invoice: Invoice } {
      switch (invoice.status) {
        case 'absent':
          // A tombstone: a create that comes later finds it.
          return { answer: 'VOIDED', invoice: rules.invoiceTombstone ? { ...invoice, status: 'VOIDED' } : invoice };
        case 'PENDING':
          return { answer: 'VOIDED', invoice: { ...invoice, status: 'VOIDED', voidRequested: true } };
        case 'PROCESSING':
          return { answer: 'PROCESSING', invoice: { ...invoice, voidRequested: true } };
        default:
          return { answer: invoice.status, invoice };
      }
    },

    startAttempt(invoice: Invoice, willPay: boolean): Invoice | undefined {
      const { status, triesLeft, voidRequested, isExpired } = invoice;
      if (status !== 'PENDING' || triesLeft === 0) return undefined;
      if ((voidRequested && rules.noTryAfterVoid) || (isExpired && rules.noTryAfterExpiry)) return undefined;
      const attempt = invoice.attempt + 1;
      return { ...invoice, status: 'PROCESSING', attempt, willPay, triesLeft: triesLeft - 1 };
    },

    /** `seen`: the invoice as it was read before. */
    settleAttempt(invoice: Invoice, seen: SeenTry): Invoice | undefined {
      const isThisTry = invoice.status === 'PROCESSING' && invoice.attempt === seen.attempt;
      if (rules.settledOnce && !isThisTry) return undefined;
      if (rules.settledAsSeen && invoice.voidRequested !== seen.voidRequested) return undefined;
      if (seen.willPay) return { ...invoice, status: 'PAID', webhook: 'pending', charges: invoice.charges + 1 };
      if (seen.voidRequested && rules.voidRequestedEndsVoided) return { ...invoice, status: 'VOIDED' };
      if (invoice.triesLeft > 0) return { ...invoice, status: 'PENDING' };
      return { ...invoice, status: 'FAILED', webhook: 'pending' };
    },

    requestRefund: (invoice: Invoice): Invoice =>
      invoice.status === 'PAID' || (invoice.status === 'REFUNDED' && !rules.refundedOnce)
        ? { ...invoice, status: 'REFUNDING' }
        : invoice,

    /** `n`: which try this is. */
    settleRefund(invoice: Invoice, n: number): Invoice | undefined {
      const isThisTry = invoice.status === 'REFUNDING' && invoice.refundTries === n - 1;
      if (rules.refundTriesNumbered ? !isThisTry : !['REFUNDING', 'REFUNDED'].includes(invoice.status))
        return undefined;
      return { ...invoice, status: 'REFUNDED', refundTries: n, returns: invoice.returns + 1 };
    },
  };
}
