import { type Connection, type Model, Schema } from 'mongoose';
import type { NewSeat } from './seat.ts';

/**
 * The life of an import: staging → committed → done, or staging → abandoned.
 * The one write that makes it committed is the commit point: before it the import has no effect, after it it is carried to
 * its end by whoever comes by, however often its process is killed.
 */
export type SeatImportStatus = 'staging' | 'committed' | 'done' | 'abandoned';

export interface SeatImport {
  _id: string;
  eventId: string;
  /** The caller's Idempotency-Key, with whose it is. */
  key?: string;
  /** A hash of its rows, known from the commit on: a repeat under the same key brings the same ones. */
  digest?: string;
  status: SeatImportStatus;
  /** Seats, known from the commit on. */
  seats: number;
  /** Set at each batch: a staging import that has been silent for long is abandoned. */
  aliveAt: Date;
  /** True while rows of it may be stored. */
  staged: boolean;
  /** When nothing was left to do; its key is remembered for a day more (a TTL index). */
  endedAt?: Date;
}

/** What was staged: how many seats, and a hash of them. */
export interface Staged {
  seats: number;
  digest: string;
}

interface StagedRow {
  importId: string;
  n: number;
  seat: NewSeat;
}

const text = { type: String, required: true } as const;

const importSchema = new Schema<SeatImport>(
  {
    _id: text,
    eventId: text,
    key: String,
    digest: String,
    status: text,
    seats: { type: Number, required: true },
    aliveAt: { type: Date, required: true },
    staged: { type: Boolean, required: true },
    endedAt: Date,
  },
  { versionKey: false },
);

/** Rows are checked before they are staged, so that the seat is stored as it is. */
const rowSchema = new Schema<StagedRow>(
  { importId: text, n: { type: Number, required: true }, seat: { type: Schema.Types.Mixed, required: true } },
  { versionKey: false },
);

const batchRows = 1_000;

export type SeatImports = ReturnType<typeof createSeatImports>;

/** The record of imports and their staged rows; the only code that writes the two collections. */
export function createSeatImports(connection: Connection) {
  const imports =
    (connection.models.SeatImport as Model<SeatImport> | undefined) ??
    connection.model<SeatImport>('SeatImport', importSchema, 'seat_imports');
  const rows =
    (connection.models.SeatImportRow as Model<StagedRow> | undefined) ??
    connection.model<StagedRow>('SeatImportRow', rowSchema, 'seat_import_rows');

  const find = (importId: string): Promise<SeatImport | null> => imports.findById(importId).lean<SeatImport | null>();

  /** The import of that key which took effect. */
  const findByKey = (eventId: string, key: string): Promise<SeatImport | null> =>
    imports.findOne({ eventId, key, status: { $in: ['committed', 'done'] } }).lean<SeatImport | null>();

  /** Tells whether an import of that key goes on. */
  const isUnderWay = async (eventId: string, key: string): Promise<boolean> =>
    (await imports.exists({ eventId, key, status: { $in: ['staging', 'committed'] } })) !== null;

  async function begin(importId: string, eventId: string, key: string | undefined): Promise<void> {
    const begun = { status: 'staging', seats: 0, aliveAt: new Date(), staged: true } as const;
    await imports.create({ _id: importId, eventId, ...(key !== undefined && { key }), ...begun });
  }

  /** Stages rows `n`, `n + 1` …; false: the import has been abandoned. */
  async function stage(importId: string, n: number, seats: readonly NewSeat[]): Promise<boolean> {
    const alive = await imports.updateOne({ _id: importId, status: 'staging' }, { $set: { aliveAt: new Date() } });
    if (alive.matchedCount === 0) return false;
    // Past mongoose: it would build and check a document for each of 50,000 rows.
    await rows.collection.insertMany(seats.map((seat, i) => ({ importId, n: n + i, seat })));
    return true;
  }

  async function* staged(importId: string): AsyncGenerator<NewSeat[]> {
    let batch: NewSeat[] = [];
    for await (const row of rows.find({ importId }).sort({ n: 1 }).batchSize(batchRows).lean().cursor()) {
      batch.push(row.seat);
      if (batch.length < batchRows) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  async function move(importId: string, from: SeatImportStatus, set: Partial<SeatImport>): Promise<boolean> {
    const { matchedCount } = await imports.updateOne({ _id: importId, status: from }, { $set: set });
    return matchedCount === 1;
  }

  /** The commit point. False: the import has been abandoned. */
  const commit = (importId: string, { seats, digest }: Staged): Promise<boolean> =>
    move(importId, 'staging', { status: 'committed', seats, digest });
  const finish = (importId: string): Promise<boolean> => move(importId, 'committed', { status: 'done' });
  const abandon = (importId: string): Promise<boolean> => move(importId, 'staging', { status: 'abandoned' });

  /** Deletes the rows of an import that is over. */
  async function clear(importId: string): Promise<void> {
    await rows.deleteMany({ importId });
    await imports.updateOne({ _id: importId }, { $set: { staged: false, endedAt: new Date() } });
  }

  /** Imports that hold rows and have been silent since before that instant. */
  const silent = (before: Date, limit: number): Promise<SeatImport[]> =>
    imports
      .find({ staged: true, aliveAt: { $lt: before } })
      .limit(limit)
      .lean<SeatImport[]>();

  return { find, findByKey, isUnderWay, begin, stage, staged, commit, finish, abandon, clear, silent };
}
