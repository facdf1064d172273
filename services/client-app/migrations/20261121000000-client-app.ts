import type { Db } from 'mongodb';

/** A day (`limits.idempotencyKeyMs`) and thirty days (`limits.webhookMemoryMs`); a migration stays what it was. */
const idempotencyKeySeconds = 24 * 3600;
const webhookMemorySeconds = 30 * 24 * 3600;

/** createIndex does nothing when the index is there, so that the migration may be repeated. */
export const up = async (db: Db): Promise<void> => {
  const users = db.collection('users');
  // Deleted users have no address any more.
  await users.createIndex(
    { emailKey: 1 },
    { unique: true, partialFilterExpression: { emailKey: { $type: 'string' } } },
  );
  await users.createIndex({ createdAt: -1, _id: -1 });
  await users.createIndex({ role: 1 }, { partialFilterExpression: { role: 'admin' } });

  const sessions = db.collection('sessions');
  await sessions.createIndex({ userId: 1, createdAt: -1, _id: -1 });
  await sessions.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });

  const attempts = db.collection('attempts');
  await attempts.createIndex({ key: 1 }, { unique: true });
  await attempts.createIndex({ expire: 1 }, { expireAfterSeconds: 0 });

  const keys = db.collection('idempotency_keys');
  await keys.createIndex({ user: 1, route: 1, key: 1 }, { unique: true });
  await keys.createIndex({ createdAt: 1 }, { expireAfterSeconds: idempotencyKeySeconds });

  const bookings = db.collection('bookings');
  await bookings.createIndex({ customerId: 1, createdAt: -1, _id: -1 });
  await bookings.createIndex({ customerId: 1, status: 1, createdAt: -1, _id: -1 });
  await bookings.createIndex({ customerId: 1, eventId: 1, createdAt: -1, _id: -1 });
  await bookings.createIndex({ status: 1, createdAt: -1, _id: -1 });
  // The number that people read out on the phone.
  await bookings.createIndex({ bookingNumber: 1 });
  // The sweeps: only what has something due is in these.
  await bookings.createIndex({ 'check.nextAttemptAt': 1 }, { sparse: true });

  const entries = db.collection('waitlist_entries');
  await entries.createIndex({ customerId: 1, active: -1, createdAt: -1, _id: -1 });
  await entries.createIndex({ 'check.nextAttemptAt': 1 }, { sparse: true });

  await db.collection('ticket_uploads').createIndex({ 'cleanup.nextAttemptAt': 1 }, { sparse: true });

  await db.collection('received_webhooks').createIndex({ doneAt: 1 }, { expireAfterSeconds: webhookMemorySeconds });

  // GridFS of the tickets: the two indexes the driver would otherwise look for at each first upload.
  await db.collection('tickets.files').createIndex({ filename: 1, uploadDate: 1 });
  await db.collection('tickets.chunks').createIndex({ files_id: 1, n: 1 }, { unique: true });
};

/** Takes the indexes away and leaves the data. */
export const down = async (db: Db): Promise<void> => {
  const known = [
    'users',
    'sessions',
    'attempts',
    'idempotency_keys',
    'bookings',
    'waitlist_entries',
    'ticket_uploads',
    'received_webhooks',
    'tickets.files',
    'tickets.chunks',
  ];
  for (const name of known) await db.collection(name).dropIndexes();
};
