import { Type } from 'typebox';
import { InvoiceStatus } from '../../lib/contracts/invoice.ts';
import { Id, oneOf } from '../../lib/contracts/primitives.ts';
import type { ProblemCatalogue } from '../../lib/http/problem-catalogue.ts';

const field = Type.Optional(Type.String({ examples: ['body.amount'] }));

/** What payment-app may answer with beside what every service may. */
export const problems = {
  invoice_not_found: { status: 404, means: 'There is no such invoice, or the token is not one of ours.' },
  webhook_delivery_not_found: { status: 404, means: 'There is no webhook of this id.' },
  invoice_mismatch: {
    status: 409,
    means: 'The booking has an invoice of another amount.',
    members: { field, invoiceNumber: Type.String() },
  },
  not_paid: {
    status: 409,
    means: 'Nothing is paid, so nothing can be returned.',
    members: { invoiceStatus: Type.Union([InvoiceStatus, oneOf(['UNKNOWN'])]) },
  },
  already_refunded: {
    status: 409,
    means: 'The payment is returned by another refund.',
    members: { field, refundId: Id },
  },
  already_paid: { status: 409, means: 'The invoice is paid; nothing more is due.' },
  payment_in_progress: { status: 409, means: 'A payment is under way; wait for its outcome.' },
  no_tries_left: { status: 409, means: 'Every try to pay was declined.' },
  payment_expired: { status: 410, means: 'The time to pay is over.' },
  invoice_voided: { status: 410, means: 'The invoice was cancelled; nothing can be paid on it.' },
} as const satisfies ProblemCatalogue;
