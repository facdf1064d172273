import type { Document } from 'mongodb';
import { newId } from '../lib/ids.ts';
import type { DatabaseName } from '../scripts/system/databases.ts';
import { databaseOf } from '../test/e2e/databases.ts';
import type { Person } from '../test/e2e/stage.ts';
import { waitUntil } from '../test/wait-until.ts';

const ROWS_AT_ONCE = 2_000;
const BETWEEN_TWO_MS = 1_000;
/** Its payment has been told: a copy that still waits to be would be work, and not the past. */
const DELIVERED = { 'deliveries.nextAttemptAt': { $exists: false } };

interface Wish {
  /** How many there are, and how many there are to be. */
  from: number;
  to: number;
  /** The event of the sold booking that they are copied from. */
  of: string;
  /** Whose they are, and of which events: by turns. */
  buyers: readonly Person[];
  eventIds: readonly string[];
}

/** What is of one's own in each row; the rest is as a real booking left it. */
type Copy = (row: Document, n: number) => Document;

/**
 * Rows of bookings that were sold and paid long ago, in every database but their PDFs (30 kB each, which nobody reads) and
 * Temporal's, which forgets them.
 */
export async function addPastBookings({ from, to, of, buyers, eventIds }: Wish): Promise<void> {
  const model = await rowOf('ticket-app', 'bookings', { eventId: of, status: 'CONFIRMED' });
  const bookingId = String(model._id);
  const sold = { _id: bookingId };
  for (let start = from; start < to; start += ROWS_AT_ONCE) {
    const ids = Array.from({ length: Math.min(ROWS_AT_ONCE, to - start) }, () => newId());
    const customerId = (n: number) => buyers[(start + n) % buyers.length]?.userId;
    const eventId = (n: number) => eventIds[(start + n) % eventIds.length];
    const at = (n: number) => new Date(model.createdAt.getTime() - (start + n + 1) * BETWEEN_TWO_MS);
    const add = async (database: DatabaseName, name: string, filter: Document, copy: Copy) => {
      const row = await rowOf(database, name, filter);
      const rows = ids.map((id, n) => ({ ...row, _id: row._id === bookingId ? id : newId(), ...copy(row, n) }));
      await (await databaseOf(database))
        .collection<Document & { _id: unknown }>(name)
        .insertMany(rows, { ordered: false, ignoreUndefined: true });
    };
    const told = (_: Document, n: number) => ({ customerId: customerId(n), eventId: eventId(n), createdAt: at(n) });
    await add('ticket-app', 'bookings', sold, (row, n) => ({ ...told(row, n), runId: newId(), changedAt: at(n) }));
    await add('ticket-app', 'tickets', sold, () => ({}));
    // Of events that are over nothing is asked any more.
    await add('client-app', 'bookings', sold, (row, n) => ({ ...told(row, n), updatedAt: at(n), check: undefined }));
    await add('payment-app', 'invoices', { ...sold, ...DELIVERED }, (_, n) => ({
      invoiceNumber: `past-${ids[n]}`,
      tokenHash: ids[n],
    }));
    await add('organizer-x', 'holds', sold, (_, n) => ({
      holdId: newId(),
      event: `ref-${eventId(n)}`,
      createdAt: at(n),
      changedAt: at(n),
    }));
    await add('organizer-x', 'seat_claims', { reference: bookingId }, (_, n) => ({
      event: `ref-${eventId(n)}`,
      seat: `P-${start + n}`,
      reference: ids[n],
    }));
  }
  await writeOut();
}

/** So that writing the rows to the disk is over before anything is measured. A host that forbids it writes when it likes. */
async function writeOut(): Promise<void> {
  for (const database of ['client-app', 'ticket-app', 'payment-app', 'organizer-x'] as const)
    await (await databaseOf(database)).db
      ?.admin()
      .command({ fsync: 1 })
      .catch(() => undefined);
}

async function rowOf(database: DatabaseName, name: string, filter: Document): Promise<Document> {
  const collection = (await databaseOf(database)).collection<Document>(name);
  const find = async () => (await collection.findOne(filter)) ?? undefined;
  return waitUntil(`the row in ${name} of ${database} to copy`, find);
}
