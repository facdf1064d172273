import { type Connection, type Model, Schema } from 'mongoose';

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

export type Subject = { bookingId: string } | { entryId: string };

export type Deliveries = ReturnType<typeof createDeliveries>;

export function createDeliveries(connection: Connection) {
  const deliveries =
    (connection.models.Delivery as Model<Delivery> | undefined) ??
    connection.model<Delivery>('Delivery', schema, 'webhook_deliveries');
  return {
    find: (webhookId: string) => deliveries.findById(webhookId).lean<Delivery | null>(),
    about: (subject: Subject) => deliveries.find(subject).sort({ createdAt: 1 }).lean<Delivery[]>(),
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
