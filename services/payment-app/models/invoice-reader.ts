import type { Connection, QueryFilter } from 'mongoose';
import { afterNewestFirst, type Position, pageOf } from '../../../lib/mongo/cursor.ts';
import { type Delivery, type DeliveryStatus, type Invoice, invoiceModel } from './invoice.ts';

export interface DeliveryRow {
  invoice: Invoice;
  delivery: Delivery;
}

export interface DeliveryQuery {
  bookingId?: string;
  status?: DeliveryStatus;
  limit: number;
  after?: Position;
}

/** What is read of invoices; nothing here writes. */
export class InvoiceReader {
  readonly #invoices: ReturnType<typeof invoiceModel>;

  constructor(connection: Connection) {
    this.#invoices = invoiceModel(connection);
  }

  async #find(filter: QueryFilter<Invoice>): Promise<Invoice | undefined> {
    return (await this.#invoices.findOne(filter).lean<Invoice>()) ?? undefined;
  }

  byBooking = (bookingId: string) => this.#find({ _id: bookingId });
  byNumber = (invoiceNumber: string) => this.#find({ invoiceNumber });
  byTokenHash = (tokenHash: string) => this.#find({ tokenHash });

  /** Refunds whose money is not back yet: how many, and since when the oldest was asked for. */
  async openRefunds(): Promise<{ count: number; since?: Date }> {
    const [found] = await this.#invoices.aggregate<{ count: number; since: Date }>([
      { $match: { 'refund.nextAttemptAt': { $gt: new Date(0) } } },
      { $group: { _id: null, count: { $sum: 1 }, since: { $min: '$refund.requestedAt' } } },
    ]);
    return found ?? { count: 0 };
  }

  /**
   * Deliveries, those of the invoice with the newest event first, an invoice's own ones newest first.
   * A position names the invoice's last event, and `<bookingId> <webhookId>`.
   */
  async deliveries({ bookingId, status, limit, after }: DeliveryQuery) {
    const [afterBooking = '', afterWebhook = ''] = after?.id.split(' ') ?? [];
    const beyond = after && afterNewestFirst('lastEventAt', { at: after.at, id: afterBooking });
    const invoices = await this.#invoices
      .find({
        lastEventAt: { $exists: true },
        ...(bookingId !== undefined && { _id: bookingId }),
        ...(status !== undefined && { 'deliveries.status': status }),
        // The invoice at which the page before ended may have more.
        ...(beyond && { $and: [{ $or: [{ _id: afterBooking, lastEventAt: after.at }, beyond] }] }),
      })
      .sort({ lastEventAt: -1, _id: -1 })
      .limit(limit + 2)
      .lean<Invoice[]>();
    const rows = invoices
      .flatMap((invoice) => [...invoice.deliveries].reverse().map((delivery): DeliveryRow => ({ invoice, delivery })))
      .filter(({ delivery }) => status === undefined || delivery.status === status)
      // Webhook ids rise with time.
      .filter(({ invoice, delivery }) => invoice._id !== afterBooking || delivery.webhookId < afterWebhook);
    return pageOf(rows, limit, ({ invoice, delivery }) => ({
      at: invoice.lastEventAt ?? delivery.createdAt,
      id: `${invoice._id} ${delivery.webhookId}`,
    }));
  }
}
