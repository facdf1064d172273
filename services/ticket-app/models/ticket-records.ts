import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import mongoose, { type Connection, type Model, Schema, type Types } from 'mongoose';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';

/** The tickets of one booking. Only this file writes them. A record that begins as REVOKED bars a ticket (K-2). */
export interface TicketRecord {
  /** The booking's id. */
  _id: string;
  status: 'VALID' | 'REVOKED';
  /** The PDF in GridFS; readers go through it, so that a lost race leaves no second ticket. */
  fileId: Types.ObjectId | null;
  sha256?: string;
  /** Uploads that were swept: none of them can become the file any more (K-2). */
  swept?: Types.ObjectId[];
  issuedAt: Date;
}

/** How far the uploads have been looked through. */
interface Sweep {
  _id: 'ticket_pdfs';
  sweptUntil: Date;
}

const schema = new Schema<TicketRecord>({
  _id: { type: String, required: true },
  status: { type: String, required: true },
  fileId: { type: Schema.Types.ObjectId, default: null },
  sha256: String,
  swept: { type: [Schema.Types.ObjectId], default: undefined },
  issuedAt: { type: Date, required: true },
});

/** An upload younger than this may still be about to become a ticket's file. */
const orphanAgeMs = 10 * 60_000;

export type TicketRecords = ReturnType<typeof createTicketRecords>;

export function createTicketRecords(connection: Connection) {
  const records =
    (connection.models.TicketRecord as Model<TicketRecord> | undefined) ??
    connection.model<TicketRecord>('TicketRecord', schema, 'tickets');
  const database = () => {
    if (!connection.db) throw new mongoose.mongo.MongoNotConnectedError('The database is not connected.');
    return connection.db;
  };
  let opened: mongoose.mongo.GridFSBucket | undefined;
  /** One for all uploads: the first upload of each bucket looks for its indexes. */
  const bucket = (): mongoose.mongo.GridFSBucket => {
    opened ??= new mongoose.mongo.GridFSBucket(database(), { bucketName: 'ticket_pdfs' });
    return opened;
  };

  const find = (bookingId: string) => records.findById(bookingId).lean<TicketRecord | null>();

  /** Inserts the record, or answers with the one that is there. */
  async function insert(bookingId: string, status: TicketRecord['status']): Promise<TicketRecord> {
    const record: TicketRecord = { _id: bookingId, status, fileId: null, issuedAt: new Date() };
    try {
      await records.create(record);
      return record;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return (await find(bookingId)) ?? record;
    }
  }

  async function upload(bookingId: string, pdf: Buffer): Promise<Types.ObjectId> {
    const file = bucket().openUploadStream(`${bookingId}.pdf`, { metadata: { bookingId } });
    await pipeline([pdf], file);
    return file.id;
  }

  const collection = (name: string) => database().collection(name);
  const sweeps = () => collection('sweeps') as unknown as mongoose.mongo.Collection<Sweep>;

  /** Deletes an upload unless it is a ticket's file. Its writer may wake up yet, so its record is told first. */
  async function sweepUpload(fileId: Types.ObjectId): Promise<boolean> {
    const file = await collection('ticket_pdfs.files').findOne({ _id: fileId });
    const _id: unknown = file?.metadata?.bookingId;
    if (typeof _id === 'string') {
      await records.updateOne({ _id, fileId: { $ne: fileId } }, { $addToSet: { swept: fileId } });
      if (await records.exists({ _id, fileId })) return false;
    }
    await collection('ticket_pdfs.files').deleteOne({ _id: fileId });
    await collection('ticket_pdfs.chunks').deleteMany({ files_id: fileId });
    return true;
  }

  return {
    find,
    /** The booking's ticket record from now on, VALID unless a refund came first. */
    issue: (bookingId: string) => insert(bookingId, 'VALID'),
    /** Makes sure that no ticket can come any more. `valid`: there is one already, so there must be no refund. */
    bar: async (bookingId: string): Promise<'barred' | 'valid'> =>
      (await insert(bookingId, 'REVOKED')).status === 'VALID' ? 'valid' : 'barred',

    /** Stores the PDF, unless one is stored already; the file of whoever loses the race is deleted. */
    async attachPdf(bookingId: string, pdf: Buffer): Promise<TicketRecord> {
      const fileId = await upload(bookingId, pdf);
      const sha256 = createHash('sha256').update(pdf).digest('hex');
      const { modifiedCount } = await records.updateOne(
        { _id: bookingId, fileId: null, swept: { $ne: fileId } },
        { $set: { fileId, sha256 } },
      );
      if (modifiedCount === 0) await sweepUpload(fileId);
      const record = await find(bookingId);
      if (!record) throw new Error(`The ticket record of booking ${bookingId} is gone.`);
      return record;
    },

    /** The PDF of a valid ticket. */
    async openPdf(bookingId: string): Promise<{ sha256: string; stream: Readable } | undefined> {
      const record = await find(bookingId);
      if (record?.status !== 'VALID' || !record.fileId || !record.sha256) return undefined;
      return { sha256: record.sha256, stream: bucket().openDownloadStream(record.fileId) };
    },

    /**
     * Deletes uploads that never became a ticket's file (their writer was killed), whole or broken off. Each is looked at
     * once: a sweep costs what was uploaded since the last one. Returns how many it deleted.
     */
    async sweepOrphans(now = new Date()): Promise<number> {
      const idAt = (at: Date | undefined) =>
        mongoose.mongo.ObjectId.createFromTime(Math.floor((at?.getTime() ?? 0) / 1000));
      const until = new Date(now.getTime() - orphanAgeMs);
      const last = await sweeps().findOne({ _id: 'ticket_pdfs' });
      const between = { $gte: idAt(last?.sweptUntil), $lt: idAt(until) };
      let deleted = 0;
      // By the chunks, whose ids rise with time: an upload that was broken off has no files document yet.
      const uploads = collection('ticket_pdfs.chunks').find({ _id: between, n: 0 }, { projection: { files_id: 1 } });
      for await (const { files_id: fileId } of uploads) if (await sweepUpload(fileId)) deleted += 1;
      await sweeps().updateOne({ _id: 'ticket_pdfs' }, { $max: { sweptUntil: until } }, { upsert: true });
      return deleted;
    },
  };
}
