import { type Static, Type } from 'typebox';
import { Id, Instant, Line, Money, oneOf, WorkflowId } from './primitives.ts';

export const InvoiceStatus = oneOf(['PENDING', 'PROCESSING', 'PAID', 'FAILED', 'VOIDED', 'REFUNDING', 'REFUNDED']);
export type InvoiceStatus = Static<typeof InvoiceStatus>;

/** POST /invoices (service credential). Idempotent by `bookingId`: a repeat answers with the invoice that exists. */
export const CreateInvoice = Type.Object({
  bookingId: Id,
  /** The workflow that webhooks about this invoice should wake. */
  workflowId: WorkflowId,
  ...Money.properties,
  description: Line(200),
  lines: Type.Array(Type.Object({ text: Line(120), amount: Money.properties.amount }), {
    maxItems: 20,
  }),
  /** No new payment try is accepted after it. */
  expiresAt: Instant,
  paymentTries: Type.Integer({ minimum: 1, maximum: 10 }),
});
export type CreateInvoice = Static<typeof CreateInvoice>;

/** An invoice as the payment app answers services. `voidedBefore` invoices are tombstones: they carry no URL. */
export const InvoiceView = Type.Object({
  invoiceNumber: Type.String(),
  bookingId: Id,
  status: InvoiceStatus,
  ...Money.properties,
  triesLeft: Type.Integer(),
  paymentUrl: Type.Optional(Type.String()),
  expiresAt: Type.Optional(Instant),
  voidRequested: Type.Boolean(),
  attempts: Type.Array(
    Type.Object({
      attemptId: Type.String(),
      method: Type.String(),
      startedAt: Instant,
      settledAt: Type.Optional(Instant),
      outcome: Type.Optional(Type.Union([Type.Literal('paid'), Type.Literal('declined')])),
    }),
  ),
  refund: Type.Optional(
    Type.Object({
      refundId: Id,
      status: Type.Union([Type.Literal('pending'), Type.Literal('succeeded')]),
      amount: Type.Integer(),
      /** Why, as whoever asked for it said. */
      reason: Type.String(),
      requestedAt: Instant,
      settledAt: Type.Optional(Instant),
      /** The last tries, oldest first; `n` counts from 1. */
      tries: Type.Array(Type.Object({ n: Type.Integer(), at: Instant, outcome: oneOf(['succeeded', 'failed']) })),
    }),
  ),
});
export type InvoiceView = Static<typeof InvoiceView>;

/** POST /bookings/:bookingId/void. Voiding an unknown booking leaves a tombstone that answers a later create with VOIDED (K-2). */
export const VoidAnswer = Type.Object({
  bookingId: Id,
  status: oneOf(['VOIDED', 'FAILED', 'PAID', 'PROCESSING', 'REFUNDING', 'REFUNDED']),
});
export type VoidAnswer = Static<typeof VoidAnswer>;

/** POST /refunds (service credential). `refundId` is the booking's id: a repeat answers with the refund that exists. */
export const RefundRequest = Type.Object({
  refundId: Id,
  bookingId: Id,
  workflowId: WorkflowId,
  reason: Line(200),
});
export type RefundRequest = Static<typeof RefundRequest>;

export const RefundAnswer = Type.Object({
  refundId: Id,
  bookingId: Id,
  invoiceNumber: Type.String(),
  status: Type.Union([Type.Literal('pending'), Type.Literal('succeeded')]),
  ...Money.properties,
});
export type RefundAnswer = Static<typeof RefundAnswer>;

/** The body of each webhook from payment-app; `attemptId` for payments, `refundId` and its try's number for refunds. */
export const PaymentWebhook = Type.Object({
  type: oneOf(['payment.paid', 'payment.declined', 'refund.succeeded', 'refund.failed']),
  invoiceNumber: Type.String(),
  bookingId: Id,
  workflowId: WorkflowId,
  attemptId: Type.Optional(Type.String()),
  refundId: Type.Optional(Id),
  refundTry: Type.Optional(Type.Integer({ minimum: 1 })),
  invoiceStatus: InvoiceStatus,
  triesLeft: Type.Integer({ minimum: 0, maximum: 10 }),
  ...Money.properties,
  at: Instant,
});
export type PaymentWebhook = Static<typeof PaymentWebhook>;
