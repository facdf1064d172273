import type { Db } from 'mongodb';

/** Both systems keep the same record, each in a database of its own. */
export async function up(db: Db): Promise<void> {
  // What makes "no seat twice" true: a second claim of a seat is a duplicate key.
  await db.collection('seat_claims').createIndex({ event: 1, seat: 1 }, { unique: true });
  await db.collection('seat_claims').createIndex({ reference: 1 });
  const holds = db.collection('holds');
  await holds.createIndex({ createdAt: -1, _id: -1 });
  await holds.createIndex({ event: 1, createdAt: -1, _id: -1 });
  await holds.createIndex({ state: 1, createdAt: -1, _id: -1 });
  await holds.createIndex({ changedAt: 1 }, { partialFilterExpression: { settled: false } });
}

export async function down(db: Db): Promise<void> {
  await db.dropCollection('seat_claims');
  await db.dropCollection('holds');
}
