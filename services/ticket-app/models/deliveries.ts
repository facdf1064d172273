import { type Connection, type Model, Schema } from 'mongoose';
import { afterNewestFirst, decodeCursor, pageOf } from '../../../lib/mongo/cursor.ts';

/** A notification to client-app: kept from before its first try, so that what is not delivered can be found and replayed. */
export interface Delivery {
  /** The webhook-id, the same at every try. */
  _id: string;
  /** What it is about: a booking or an entry of a waitlist. */
  bookingId?: string;
  entryId?: string;
  type: string;
  tries: number;
  createdAt: Date;
  deliveredAt: Date | null;
  lastError?: string;
}

const schema = new Schema<Delivery>({
  _id: { type: String, required: true },
  bookingId: String,
  entryId: String,
  type: { type: String, required: true },
  tries: { type: Number, required: true },
  createdAt: { type: Date, required: true },
  deliveredAt: { type: Date, default: null },
  lastError: String,
});

/** For reading. */
export const deliveryModel = (connection: Connection): Model<Delivery> =>
  (connection.models.Delivery as Model<Delivery> | undefined) ??
  connection.model<Delivery>('Delivery', schema, 'webhook_deliveries');

export interface DeliveryQuery {
  status?: 'delivered' | 'pending';
  /** Created from this instant on. */
  since?: Date;
  limit: number;
  cursor?: string;
}

export type Subject = { bookingId: string } | { entryId: string };

export type Deliveries = ReturnType<typeof createDeliveries>;

export function createDeliveries(connection: Connection) {
  const deliveries = deliveryModel(connection);
  return {
    find: (webhookId: string) => deliveries.findById(webhookId).lean<Delivery | null>(),
    about: (subject: Subject) => deliveries.find(subject).sort({ createdAt: 1 }).lean<Delivery[]>(),
    /** Of any subject, newest first. Throws 400 `invalid_cursor`. */
    async page({ status, since, limit, cursor }: DeliveryQuery) {
      const position = cursor === undefined ? undefined : decodeCursor(cursor);
      const rows = await deliveries
        .find({
          $and: [
            status === undefined ? {} : { deliveredAt: status === 'pending' ? null : { $ne: null } },
            since === undefined ? {} : { createdAt: { $gte: since } },
            afterNewestFirst('createdAt', position),
          ],
        })
        .sort({ createdAt: -1, _id: -1 })
        .limit(limit + 1)
        .lean<Delivery[]>();
      return pageOf(rows, limit, (delivery) => ({ at: delivery.createdAt, id: delivery._id }));
    },
    async begin(webhookId: string, subject: Subject, type: string): Promise<void> {
      await deliveries.updateOne(
        { _id: webhookId },
        { $setOnInsert: { ...subject, type, createdAt: new Date(), deliveredAt: null }, $inc: { tries: 1 } },
        { upsert: true },
      );
    },
    async succeed(webhookId: string): Promise<void> {
      await deliveries.updateOne({ _id: webhookId }, { $set: { deliveredAt: new Date() }, $unset: { lastError: 1 } });
    },
    async fail(webhookId: string, lastError: string): Promise<void> {
      await deliveries.updateOne({ _id: webhookId }, { $set: { lastError } });
    },
  };
}
