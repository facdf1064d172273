import { type Static, Type } from 'typebox';
import { InvoiceStatus, InvoiceView } from '../../../lib/contracts/invoice.ts';
import { Instant, Money, oneOf } from '../../../lib/contracts/primitives.ts';
import { refusalOf } from '../commands/start-payment.ts';
import type { Attempt, Invoice } from '../models/invoice.ts';
import { ordinaryMethods, PaymentMethod, testMethods } from '../payment-method.ts';
import { presentAttempt, refundStatus } from './invoice.ts';

const AttemptView = InvoiceView.properties.attempts.items;

export const PaymentTryView = Type.Object({
  ...AttemptView.properties,
  status: InvoiceStatus,
  invoiceNumber: Type.String(),
  triesLeft: Type.Integer(),
});

export const PaymentView = Type.Object({
  invoiceNumber: Type.String(),
  status: InvoiceStatus,
  payable: Type.Boolean(),
  notPayableBecause: Type.Optional(
    oneOf(['already_paid', 'payment_in_progress', 'no_tries_left', 'payment_expired', 'invoice_voided']),
  ),
  ...Money.properties,
  description: Type.String(),
  lines: Type.Array(Type.Object({ text: Type.String(), amount: Type.Integer() })),
  expiresAt: Type.Optional(Instant),
  triesLeft: Type.Integer(),
  methods: Type.Array(PaymentMethod),
  attempts: Type.Array(AttemptView),
  refund: Type.Optional(
    Type.Object({
      status: oneOf(['pending', 'succeeded']),
      amount: Type.Integer(),
      reason: Type.String(),
      requestedAt: Instant,
      settledAt: Type.Optional(Instant),
    }),
  ),
});

/** The answer to a payment call: the try, and how the invoice stands now. */
export function presentPaymentTry(invoice: Invoice, attempt: Attempt): Static<typeof PaymentTryView> {
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
