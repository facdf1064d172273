import type { mongo } from 'mongoose';

const told = { partialFilterExpression: { lastEventAt: { $exists: true } } };

/** `_id` is the booking's id, so "one invoice a booking" needs no index of its own. Sparse: only what has work, or a token. */
const indexes: [keys: mongo.IndexSpecification, options: mongo.CreateIndexesOptions & { name: string }][] = [
  [{ invoiceNumber: 1 }, { name: 'invoice_number', unique: true }],
  [{ tokenHash: 1 }, { name: 'token_hash', unique: true, sparse: true }],
  [{ 'attempts.nextAttemptAt': 1 }, { name: 'attempts_due', sparse: true }],
  [{ 'refund.nextAttemptAt': 1 }, { name: 'refunds_due', sparse: true }],
  [{ 'deliveries.nextAttemptAt': 1 }, { name: 'deliveries_due', sparse: true }],
  [{ 'deliveries.webhookId': 1 }, { name: 'deliveries_by_id', sparse: true }],
  [
    { lastEventAt: -1, _id: -1 },
    { name: 'deliveries_newest_first', ...told },
  ],
  [
    { 'deliveries.status': 1, lastEventAt: -1, _id: -1 },
    { name: 'deliveries_by_status', ...told },
  ],
];

export async function up(db: mongo.Db): Promise<void> {
  for (const [keys, options] of indexes) await db.collection('invoices').createIndex(keys, options);
}

export async function down(db: mongo.Db): Promise<void> {
  for (const [, { name }] of indexes) await db.collection('invoices').dropIndex(name);
}
