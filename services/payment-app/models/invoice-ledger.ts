import { createHash, randomBytes } from 'node:crypto';
import type { Connection, QueryFilter, UpdateQuery } from 'mongoose';
import type { InvoiceStatus } from '../../../lib/contracts/invoice.ts';
import { newId } from '../../../lib/ids.ts';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';
import { type Leases, leasesOn } from '../../../lib/outbox/leases.ts';
import {
  type Delivery,
  type Invoice,
  invoiceModel,
  type NewAttempt,
  type NewInvoice,
  type NewRefund,
  type PaymentOutcome,
  type RefundTryEnd,
} from './invoice.ts';
import { newInvoiceNumber } from './invoice-number.ts';

/**
 * The life of an invoice. An unknown booking may also be VOIDED (a tombstone).
 * Each change below is one compare-and-set whose two ends are checked against this table.
 */
const transitions: Record<InvoiceStatus, readonly InvoiceStatus[]> = {
  PENDING: ['PROCESSING', 'VOIDED'],
  PROCESSING: ['PAID', 'PENDING', 'FAILED', 'VOIDED'],
  PAID: ['REFUNDING'],
  // To itself: a try to return the money has failed, and another one follows.
  REFUNDING: ['REFUNDING', 'REFUNDED'],
  FAILED: [],
  VOIDED: [],
  REFUNDED: [],
};

/** One end of a compare-and-set for its filter, the other for its `$set`. */
function move(from: InvoiceStatus, to: InvoiceStatus) {
  if (!transitions[from].includes(to)) throw new Error(`An invoice never goes from ${from} to ${to}.`);
  return { from: { status: from }, to: { status: to, changedAt: new Date() } };
}

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url');

type Event = Pick<Delivery, 'type' | 'attemptId' | 'refundId' | 'refundTry' | 'invoiceStatus' | 'triesLeft'>;

/** How many tries of a refund its invoice shows: with an hour between two of them, those of the last day. */
const refundTriesKept = 24;

/** The update that appends what must be told. It goes into the very compare-and-set that made it true. */
function appendDelivery(event: Event) {
  const now = new Date();
  const delivery: Delivery = {
    ...event,
    webhookId: `msg_${newId()}`,
    createdAt: now,
    status: 'pending',
    tries: 0,
    scheduledFrom: now,
    nextAttemptAt: now,
  };
  return { push: { deliveries: delivery }, set: { lastEventAt: now } };
}

/** The one writer of the collection `invoices`. A method that answers undefined has changed nothing: read the invoice to see why. */
export class InvoiceLedger {
  readonly attemptLeases: Leases<Invoice>;
  readonly refundLeases: Leases<Invoice>;
  readonly deliveryLeases: Leases<Invoice>;
  readonly #invoices: ReturnType<typeof invoiceModel>;

  constructor(connection: Connection) {
    this.#invoices = invoiceModel(connection);
    const { collection } = this.#invoices;
    this.attemptLeases = leasesOn({ collection, path: 'attempts', list: true });
    this.refundLeases = leasesOn({ collection, path: 'refund' });
    this.deliveryLeases = leasesOn({ collection, path: 'deliveries', list: true });
  }

  async #change(filter: QueryFilter<Invoice>, update: UpdateQuery<Invoice>): Promise<Invoice | undefined> {
    const changed = await this.#invoices.findOneAndUpdate(filter, update, { returnDocument: 'after' }).lean<Invoice>();
    return changed ?? undefined;
  }

  /** Undefined: this booking has an invoice, or a tombstone, already. */
  async #insert(invoice: Omit<Invoice, 'invoiceNumber'>): Promise<Invoice | undefined> {
    const numbered = { ...invoice, invoiceNumber: newInvoiceNumber() };
    try {
      await this.#invoices.create([numbered]);
      return numbered;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      // Either the booking is known, or the number was drawn before: then another one is drawn.
      if (await this.#invoices.exists({ _id: invoice._id })) return undefined;
      return this.#insert(invoice);
    }
  }

  /** Absent → PENDING. */
  async create(wanted: NewInvoice): Promise<Invoice | undefined> {
    const { bookingId, paymentTries, ...rest } = wanted;
    const token = randomBytes(32).toString('base64url');
    const life = { triesLeft: paymentTries, token, tokenHash: hashToken(token), tombstone: false };
    return this.#insert({ _id: bookingId, ...rest, ...life, ...newborn('PENDING') });
  }

  /** Absent → VOIDED: a create that comes later finds it (K-2). */
  async buryUnborn(bookingId: string): Promise<Invoice | undefined> {
    const nothing = { amount: 0, currency: 'IDR', description: '', lines: [], triesLeft: 0 } as const;
    return this.#insert({ _id: bookingId, ...nothing, lines: [], ...newborn('VOIDED'), tombstone: true });
  }

  /** PENDING → VOIDED. */
  async voidUnpaid(bookingId: string): Promise<Invoice | undefined> {
    const { from, to } = move('PENDING', 'VOIDED');
    return this.#change({ _id: bookingId, ...from }, { $set: { ...to, voidRequested: true } });
  }

  /** While PROCESSING: no new try is accepted, and a decline will end VOIDED. */
  async requestVoid(bookingId: string): Promise<Invoice | undefined> {
    return this.#change({ _id: bookingId, status: 'PROCESSING' }, { $set: { voidRequested: true } });
  }

  /** PENDING → PROCESSING, with the try that must be processed. Refused after `expiresAt` by the database's own clock. */
  async startAttempt(bookingId: string, { key, method, durationMs }: NewAttempt): Promise<Invoice | undefined> {
    const { from, to } = move('PENDING', 'PROCESSING');
    const attemptId = newId();
    const startedAt = new Date();
    const nextAttemptAt = new Date(startedAt.getTime() + durationMs);
    return this.#change(
      {
        _id: bookingId,
        ...from,
        triesLeft: { $gt: 0 },
        voidRequested: false,
        'attempts.key': { $ne: key },
        $expr: { $gt: ['$expiresAt', '$$NOW'] },
      },
      {
        $set: { ...to, attemptId },
        $inc: { triesLeft: -1 },
        $push: { attempts: { attemptId, key, method, startedAt, nextAttemptAt } },
      },
    );
  }

  /**
   * PROCESSING → PAID | PENDING | FAILED | VOIDED, with the webhook that tells it. `seen` is the invoice as it was read:
   * the compare-and-set fails if another process settled this try, or if a void was requested since (then read again).
   */
  async settleAttempt(seen: Invoice, attemptId: string, outcome: PaymentOutcome): Promise<Invoice | undefined> {
    const { from, to } = move('PROCESSING', statusAfter(seen, outcome));
    const type = outcome === 'paid' ? 'payment.paid' : 'payment.declined';
    const triesLeft = to.status === 'PENDING' ? seen.triesLeft : 0;
    const { push, set } = appendDelivery({ type, attemptId, invoiceStatus: to.status, triesLeft });
    return this.#change(
      { _id: seen._id, ...from, attemptId, voidRequested: seen.voidRequested, 'attempts.attemptId': attemptId },
      {
        $set: { ...to, ...set, 'attempts.$.outcome': outcome, 'attempts.$.settledAt': new Date() },
        $unset: { attemptId: 1, 'attempts.$.nextAttemptAt': 1, 'attempts.$.leasedUntil': 1, 'attempts.$.leaseId': 1 },
        $push: push,
      },
    );
  }

  /** PAID → REFUNDING, of exactly what was paid. */
  async startRefund(paid: Invoice, wanted: NewRefund): Promise<Invoice | undefined> {
    const { from, to } = move('PAID', 'REFUNDING');
    const { refundId, workflowId, reason, durationMs } = wanted;
    const requestedAt = new Date();
    const nextAttemptAt = new Date(requestedAt.getTime() + durationMs);
    const amount = paid.amount;
    const refund = { refundId, workflowId, reason, amount, requestedAt, nextAttemptAt, triesMade: 0, tries: [] };
    return this.#change({ _id: paid._id, ...from, refund: { $exists: false } }, { $set: { ...to, refund } });
  }

  /**
   * REFUNDING → REFUNDED, or after a failed try REFUNDING still, with the webhook that tells it. The compare-and-set is
   * on the try's number: a try that was settled before, by whomever, settles nothing (K-2).
   */
  async settleRefund(bookingId: string, refundId: string, end: RefundTryEnd): Promise<Invoice | undefined> {
    const { n, outcome } = end;
    const done = outcome === 'succeeded';
    const { from, to } = move('REFUNDING', done ? 'REFUNDED' : 'REFUNDING');
    const about = { refundId, refundTry: n, invoiceStatus: to.status, triesLeft: 0 };
    const { push, set } = appendDelivery({ type: `refund.${outcome}`, ...about });
    const at = to.changedAt;
    const next = done ? { 'refund.settledAt': at } : { 'refund.nextAttemptAt': end.nextAttemptAt };
    return this.#change(
      { _id: bookingId, ...from, 'refund.refundId': refundId, 'refund.triesMade': n - 1 },
      {
        $set: { ...to, ...set, ...next, 'refund.triesMade': n },
        $unset: { 'refund.leasedUntil': 1, 'refund.leaseId': 1, ...(done && { 'refund.nextAttemptAt': 1 }) },
        $push: { ...push, 'refund.tries': { $each: [{ n, at, outcome }], $slice: -refundTriesKept } },
      },
    );
  }

  /** The receiver has it. Whoever held the lease: it was delivered. */
  async markDelivered(bookingId: string, webhookId: string): Promise<void> {
    const now = new Date();
    await this.#invoices.updateOne(
      { _id: bookingId, deliveries: { $elemMatch: { webhookId, status: { $ne: 'delivered' } } } },
      {
        $set: { ...at({ status: 'delivered', deliveredAt: now, lastTriedAt: now }) },
        $inc: { 'deliveries.$.tries': 1 },
        $unset: { ...endOfLease, 'deliveries.$.nextAttemptAt': 1, 'deliveries.$.lastError': 1 },
      },
    );
  }

  /** The receiver did not take it. Without a next time the schedule is at its end. Only the holder of the lease may say so. */
  async markNotDelivered(bookingId: string, delivery: Delivery, error: string, nextAttemptAt?: Date): Promise<void> {
    const { webhookId, leaseId } = delivery;
    const tried = { lastTriedAt: new Date(), lastError: error };
    await this.#invoices.updateOne(
      { _id: bookingId, deliveries: { $elemMatch: { webhookId, leaseId, status: 'pending' } } },
      {
        $set: at(nextAttemptAt ? { ...tried, nextAttemptAt } : { ...tried, status: 'exhausted' }),
        $inc: { 'deliveries.$.tries': 1 },
        $unset: { ...endOfLease, ...(nextAttemptAt ? {} : { 'deliveries.$.nextAttemptAt': 1 }) },
      },
    );
  }

  /** Sends a delivery again, under its old id. One that is under way is left alone. Undefined: there is none of that id. */
  async replayDelivery(webhookId: string): Promise<Invoice | undefined> {
    const now = new Date();
    return this.#change(
      { 'deliveries.webhookId': webhookId },
      { $set: at({ status: 'pending', tries: 0, scheduledFrom: now, nextAttemptAt: now }) },
    );
  }
}

const endOfLease = { 'deliveries.$.leasedUntil': 1, 'deliveries.$.leaseId': 1 } as const;

/** Names the fields of the delivery that the filter found. */
const at = (fields: Partial<Delivery>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`deliveries.$.${name}`, value]));

function newborn<S extends InvoiceStatus>(status: S) {
  const now = new Date();
  return { status, voidRequested: status === 'VOIDED', attempts: [], deliveries: [], createdAt: now, changedAt: now };
}

function statusAfter(invoice: Invoice, outcome: PaymentOutcome): InvoiceStatus {
  if (outcome === 'paid') return 'PAID';
  if (invoice.voidRequested) return 'VOIDED';
  return invoice.triesLeft > 0 ? 'PENDING' : 'FAILED';
}
