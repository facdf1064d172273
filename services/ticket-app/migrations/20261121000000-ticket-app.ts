import type { Db } from 'mongodb';

/** Thirty days: longer than any sender retries (`limits.webhookMemoryMs`). */
const webhookMemorySeconds = 30 * 24 * 3600;
/** A day (`limits.idempotencyKeyMs`). */
const idempotencyKeySeconds = 24 * 3600;

/**
 * The list of events in each of its orders: all of them, one status, one status in one city, one owner's. What else can be
 * asked of it stands at the end of each index, so that only events that fit are looked up. Events are few and seldom change.
 */
function eventLists(): Array<{ name: string; keys: Record<string, 1> }> {
  const orders = ['startsAt', 'titleKey', 'lowestPrice', 'createdAt'];
  const within = [[], ['status'], ['status', 'cityKey'], ['ownerId']];
  const also = [
    'startsAt',
    'lowestPrice',
    'highestPrice',
    'salesStartAt',
    'salesEndAt',
    'status',
    'cityKey',
    'ownerId',
  ];
  return orders.flatMap((order) =>
    within.map((which) => {
      const fields = [...new Set([...which, order, '_id', ...also])];
      const name = [...which, `by ${order}`].join(' ');
      return { name, keys: Object.fromEntries(fields.map((field) => [field, 1 as const])) };
    }),
  );
}

/** createIndex does nothing when the index is there, so that the migration may be repeated. */
export const up = async (db: Db): Promise<void> => {
  const events = db.collection('events');
  for (const index of eventLists()) await events.createIndex(index.keys, { name: index.name });
  // An event in the organizer's system is sold by one event of ours: what that has sold stays held when it has ended.
  await events.createIndex(
    { organizer: 1, organizerEventRef: 1 },
    { unique: true, partialFilterExpression: { status: { $in: ['draft', 'published', 'ended'] } }, name: 'sold_once' },
  );
  // Few events have a seat between two prices that lie close together.
  await events.createIndex({ status: 1, prices: 1 });
  const words = { title: 'text', venue: 'text', organizerName: 'text', city: 'text' } as const;
  await events.createIndex(words, { default_language: 'none' });
  // What a killed process left unfinished; nearly always empty.
  await events.createIndex({ 'work.at': 1 }, { partialFilterExpression: { 'work.at': { $exists: true } } });

  // Events whose prices were to be read again; nearly always empty.
  await events.createIndex({ 'repricing.at': 1 }, { partialFilterExpression: { 'repricing.at': { $exists: true } } });

  const seats = db.collection('seats');
  // From one price of an event to the next.
  await seats.createIndex({ eventId: 1, 'price.amount': 1, 'closed.reason': 1 });
  await seats.createIndex({ eventId: 1, seatId: 1 }, { unique: true });
  // Covers the counts of open seats.
  await seats.createIndex({ eventId: 1, status: 1, 'closed.reason': 1 });

  // The map and its stream: what was changed since the last look.
  await seats.createIndex({ eventId: 1, changedAt: 1 });
  // Seats that stand with their waitlist: few, and not for long.
  await seats.createIndex({ changedAt: 1 }, { partialFilterExpression: { 'holder.kind': 'waitlist' } });

  const waiting = db.collection('waitlist_entries');
  // One active entry a person and seat.
  await waiting.createIndex(
    { eventId: 1, seatId: 1, customerId: 1 },
    { unique: true, partialFilterExpression: { active: true } },
  );
  await waiting.createIndex({ eventId: 1, seatId: 1, active: 1, seq: 1 });
  // Who is offered the seat: one at most, however many wait.
  await waiting.createIndex(
    { eventId: 1, seatId: 1, seq: 1 },
    { name: 'offers', partialFilterExpression: { status: 'OFFERED' } },
  );
  await waiting.createIndex({ eventId: 1, seatId: 1, endedAt: 1 }, { sparse: true });
  await waiting.createIndex({ customerId: 1, active: 1, joinedAt: -1, _id: -1 });
  await waiting.createIndex({ changedAt: 1 }, { partialFilterExpression: { active: true } });
  await waiting.createIndex({ 'news.nextAttemptAt': 1 }, { sparse: true });

  const bookings = db.collection('bookings');
  await bookings.createIndex({ eventId: 1, createdAt: -1, _id: -1 });
  await bookings.createIndex({ eventId: 1, status: 1, createdAt: -1, _id: -1 });
  await bookings.createIndex({ customerId: 1, status: 1, createdAt: -1, _id: -1 });
  await bookings.createIndex({ customerId: 1, createdAt: -1, _id: -1 });
  await bookings.createIndex({ status: 1, createdAt: -1, _id: -1 });
  await bookings.createIndex({ createdAt: -1, _id: -1 });
  // How many of an event were cancelled with it.
  await bookings.createIndex(
    { eventId: 1, status: 1 },
    { partialFilterExpression: { reason: 'event_cancelled' }, name: 'cancelled_with_event' },
  );
  // What a killed process left half cancelled; nearly always empty.
  await bookings.createIndex({ changedAt: 1 }, { partialFilterExpression: { status: 'CANCELLING' } });
  await bookings.createIndex(
    { changedAt: 1 },
    { partialFilterExpression: { status: 'CANCELLED', 'refund.status': 'pending' }, name: 'owes_money' },
  );
  await bookings.createIndex(
    { changedAt: 1 },
    { partialFilterExpression: { 'cancelAsked.at': { $exists: true } }, name: 'asked_to_cancel' },
  );

  // For operators and metrics: what is to come to an end.
  await bookings.createIndex(
    { 'refund.at': 1 },
    { partialFilterExpression: { 'refund.status': 'pending' }, name: 'money_on_its_way' },
  );
  // For walking through an event's bookings, or places in queues.
  await bookings.createIndex({ eventId: 1, _id: 1 });
  await waiting.createIndex({ eventId: 1, _id: 1 });

  const tickets = db.collection('tickets');
  await tickets.createIndex(
    { eventId: 1, revokedAt: 1 },
    { partialFilterExpression: { revokedAt: { $exists: true } } },
  );
  // A gate's key names one scan.
  await tickets.createIndex(
    { 'uses.key': 1 },
    { unique: true, partialFilterExpression: { 'uses.key': { $exists: true } } },
  );

  await db.collection('received_webhooks').createIndex({ doneAt: 1 }, { expireAfterSeconds: webhookMemorySeconds });

  await db.collection('webhook_deliveries').createIndex({ bookingId: 1, createdAt: 1 });
  await db.collection('webhook_deliveries').createIndex({ createdAt: -1, _id: -1 });
  await db.collection('webhook_deliveries').createIndex({ deliveredAt: 1, createdAt: 1 });
  await db.collection('webhook_deliveries').createIndex({ entryId: 1, createdAt: 1 }, { sparse: true });

  // GridFS of the ticket PDFs: the two indexes the driver would otherwise look for at each first upload.
  await db.collection('ticket_pdfs.files').createIndex({ filename: 1, uploadDate: 1 });
  await db.collection('ticket_pdfs.chunks').createIndex({ files_id: 1, n: 1 }, { unique: true });

  await db.collection('idempotency_keys').createIndex({ user: 1, route: 1, key: 1 }, { unique: true });
  await db.collection('idempotency_keys').createIndex({ createdAt: 1 }, { expireAfterSeconds: idempotencyKeySeconds });

  await db.collection('seat_imports').createIndex({ eventId: 1, key: 1 });
  await db.collection('seat_imports').createIndex({ endedAt: 1 }, { expireAfterSeconds: idempotencyKeySeconds });
  await db.collection('seat_imports').createIndex({ staged: 1, aliveAt: 1 });
  await db.collection('seat_import_rows').createIndex({ importId: 1, n: 1 }, { unique: true });
};

/** Takes the indexes away and leaves the data. */
export const down = async (db: Db): Promise<void> => {
  const known = [
    'events',
    'seats',
    'waitlist_entries',
    'bookings',
    'tickets',
    'received_webhooks',
    'webhook_deliveries',
    'ticket_pdfs.files',
    'ticket_pdfs.chunks',
    'idempotency_keys',
    'seat_imports',
    'seat_import_rows',
  ];
  for (const name of known) await db.collection(name).dropIndexes();
};
