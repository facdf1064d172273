import { type Connection, type Model, Schema } from 'mongoose';
import type { InvoiceStatus, PaymentWebhook } from '../../../lib/contracts/invoice.ts';
import type { LeaseFields } from '../../../lib/outbox/leases.ts';
import type { PaymentMethod } from '../payment-method.ts';

export type PaymentOutcome = 'paid' | 'declined';

/** One try to pay. `nextAttemptAt` is when its processing is over; it is absent once the try is settled. */
export interface Attempt extends LeaseFields {
  attemptId: string;
  /** The caller's Idempotency-Key, or the page's one-time key: the same key is the same try. */
  key: string;
  method: PaymentMethod;
  startedAt: Date;
  settledAt?: Date;
  outcome?: PaymentOutcome;
}

/** One try to return the money; `n` counts from 1. */
export interface RefundTry {
  n: number;
  at: Date;
  outcome: 'succeeded' | 'failed';
}

/** `nextAttemptAt` is when its next try is over; it is absent once the money has been returned. */
export interface Refund extends LeaseFields {
  refundId: string;
  workflowId: string;
  reason: string;
  amount: number;
  requestedAt: Date;
  settledAt?: Date;
  /** How many tries have been settled; the next one has this number plus 1. */
  triesMade: number;
  /** The last ones of them, oldest first. */
  tries: RefundTry[];
}

/** How a refund's try ended: after a failed one, when the next one is over. */
export type RefundTryEnd = { n: number; outcome: 'succeeded' } | { n: number; outcome: 'failed'; nextAttemptAt: Date };

/** What must be told to WEBHOOK_URL: the facts of that moment, and how the telling goes. */
export interface Delivery extends LeaseFields {
  webhookId: string;
  type: PaymentWebhook['type'];
  attemptId?: string;
  refundId?: string;
  /** Which try of the refund it is about. */
  refundTry?: number;
  invoiceStatus: InvoiceStatus;
  triesLeft: number;
  createdAt: Date;
  status: DeliveryStatus;
  tries: number;
  /** When the schedule of retries began: with the delivery, or with its last replay. */
  scheduledFrom: Date;
  lastTriedAt?: Date;
  /** What the last try met: `HTTP 503`, `ECONNREFUSED`. */
  lastError?: string;
  deliveredAt?: Date;
}

/** `exhausted`: the schedule has come to its end; a replay starts it anew. */
export type DeliveryStatus = 'pending' | 'delivered' | 'exhausted';

/** One document a booking (`_id` is the booking's id), which is also the outbox of all that must follow from it. */
export interface Invoice {
  _id: string;
  invoiceNumber: string;
  workflowId?: string;
  status: InvoiceStatus;
  amount: number;
  currency: 'IDR';
  description: string;
  lines: { text: string; amount: number }[];
  expiresAt?: Date;
  /** How many more tries may be started. */
  triesLeft: number;
  voidRequested: boolean;
  /** Voided before it was created: it answers a create that comes late (K-2), and has no token, so nobody can pay it. */
  tombstone: boolean;
  token?: string;
  /** Looked up instead of the token, so that the time of a look-up tells nothing about the token. */
  tokenHash?: string;
  /** The try under way while PROCESSING. */
  attemptId?: string;
  attempts: Attempt[];
  refund?: Refund;
  deliveries: Delivery[];
  /** When the newest delivery was appended. */
  lastEventAt?: Date;
  createdAt: Date;
  changedAt: Date;
}

/** What the ledger is asked to write. */
export interface NewInvoice {
  bookingId: string;
  workflowId: string;
  amount: number;
  currency: 'IDR';
  description: string;
  lines: { text: string; amount: number }[];
  expiresAt: Date;
  paymentTries: number;
}

export interface NewAttempt {
  key: string;
  method: PaymentMethod;
  /** How long its processing takes from now. */
  durationMs: number;
}

export interface NewRefund {
  bookingId: string;
  refundId: string;
  workflowId: string;
  reason: string;
  /** How long its processing takes from now. */
  durationMs: number;
}

const text = { type: String, required: true } as const;
const lease = { nextAttemptAt: Date, leasedUntil: Date, leaseId: String };
const whole = { type: Number, required: true, min: 0, validate: Number.isSafeInteger } as const;

const attempt = new Schema<Attempt>(
  {
    attemptId: text,
    key: text,
    method: text,
    startedAt: { type: Date, required: true },
    settledAt: Date,
    outcome: String,
    ...lease,
  },
  { _id: false },
);
const refund = new Schema<Refund>(
  {
    refundId: text,
    workflowId: text,
    reason: String,
    amount: whole,
    requestedAt: { type: Date, required: true },
    settledAt: Date,
    triesMade: whole,
    tries: [new Schema({ n: whole, at: { type: Date, required: true }, outcome: text }, { _id: false })],
    ...lease,
  },
  { _id: false },
);
const delivery = new Schema<Delivery>(
  {
    webhookId: text,
    type: text,
    attemptId: String,
    refundId: String,
    refundTry: Number,
    invoiceStatus: text,
    triesLeft: whole,
    createdAt: { type: Date, required: true },
    status: text,
    tries: whole,
    scheduledFrom: { type: Date, required: true },
    lastTriedAt: Date,
    lastError: String,
    deliveredAt: Date,
    ...lease,
  },
  { _id: false },
);
const invoice = new Schema<Invoice>(
  {
    _id: text,
    invoiceNumber: text,
    workflowId: String,
    status: text,
    amount: whole,
    currency: text,
    description: String,
    lines: [new Schema({ text, amount: whole }, { _id: false })],
    expiresAt: Date,
    triesLeft: whole,
    voidRequested: { type: Boolean, required: true },
    tombstone: { type: Boolean, required: true },
    token: String,
    tokenHash: String,
    attemptId: String,
    attempts: [attempt],
    refund,
    deliveries: [delivery],
    lastEventAt: Date,
    createdAt: { type: Date, required: true },
    changedAt: { type: Date, required: true },
  },
  { versionKey: false },
);

/** Read it anywhere; only `invoice-ledger.ts` writes. Indexes are made by the migrations. */
export const invoiceModel = (connection: Connection): Model<Invoice> =>
  connection.models.Invoice ?? connection.model<Invoice>('Invoice', invoice, 'invoices');
