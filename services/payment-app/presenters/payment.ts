import { refusalOf } from '../commands/start-payment.ts';
import type { Attempt, Invoice } from '../models/invoice.ts';
import { ordinaryMethods, testMethods } from '../payment-method.ts';
import { presentAttempt, refundStatus } from './invoice.ts';

/** The answer to a payment call: the try, and how the invoice stands now. */
export function presentPaymentTry(invoice: Invoice, attempt: Attempt) {
  return {
    ...presentAttempt(attempt),
    status: invoice.status,
    invoiceNumber: invoice.invoiceNumber,
    triesLeft: invoice.triesLeft,
  };
}

/** An invoice as its payer sees it: no ids of ours. */
export function presentPayment(invoice: Invoice, offersTestMethods: boolean) {
  const refusal = refusalOf(invoice);
  const { refund } = invoice;
  return {
    invoiceNumber: invoice.invoiceNumber,
    status: invoice.status,
    payable: refusal === undefined,
    ...(refusal && { notPayableBecause: refusal }),
    amount: invoice.amount,
    currency: invoice.currency,
    description: invoice.description,
    lines: invoice.lines,
    ...(invoice.expiresAt && { expiresAt: invoice.expiresAt.toISOString() }),
    triesLeft: invoice.triesLeft,
    methods: offersTestMethods ? [...ordinaryMethods, ...testMethods] : [...ordinaryMethods],
    attempts: invoice.attempts.map(presentAttempt),
    ...(refund && {
      refund: {
        status: refundStatus(refund),
        amount: refund.amount,
        reason: refund.reason,
        requestedAt: refund.requestedAt.toISOString(),
        ...(refund.settledAt && { settledAt: refund.settledAt.toISOString() }),
      },
    }),
  };
}
