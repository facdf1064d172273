import { type Connection, Schema } from 'mongoose';

interface ReceivedWebhook {
  _id: string;
  doneAt: Date;
}

const schema = new Schema<ReceivedWebhook>({
  _id: { type: String, required: true },
  doneAt: { type: Date, required: true },
});

/**
 * The ids of deliveries whose effect is done. A receiver acts first and records after, so that a crash between the two
 * repeats the (idempotent) act instead of losing it. The service's migrations make a TTL index on `doneAt`.
 */
export function receivedWebhooks(connection: Connection) {
  const model = connection.model<ReceivedWebhook>('ReceivedWebhook', schema, 'received_webhooks');
  return {
    isDone: async (webhookId: string): Promise<boolean> => (await model.exists({ _id: webhookId })) !== null,
    markDone: async (webhookId: string): Promise<void> => {
      await model.updateOne({ _id: webhookId }, { $setOnInsert: { doneAt: new Date() } }, { upsert: true });
    },
  };
}
