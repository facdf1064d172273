import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import mongoose, { type Connection, Schema, type Types } from 'mongoose';
import { type LeaseFields, leasesOn } from '../../../lib/outbox/leases.ts';
import type { TicketFile } from './booking.ts';

/** An upload that has not ended within it was broken off; none takes more than seconds. */
const abandonedAfterMs = 10 * 60_000;

/** A file that is being stored, recorded before its first byte: what a crash leaves behind is found by it. */
export interface TicketUpload {
  /** The file's id, in hexadecimal. */
  _id: string;
  bookingId: string;
  cleanup: LeaseFields;
}

const uploadSchema = new Schema<TicketUpload>(
  {
    _id: { type: String, required: true },
    bookingId: { type: String, required: true },
    cleanup: { nextAttemptAt: Date, leasedUntil: Date, leaseId: String },
  },
  { strict: 'throw', versionKey: false },
);

export type TicketStore = ReturnType<typeof ticketStoreIn>;

/** The PDFs, in GridFS (`tickets.files`, `tickets.chunks`). Which file is a booking's ticket stands on the booking. */
export function ticketStoreIn(connection: Connection) {
  const uploads = connection.model<TicketUpload>('TicketUpload', uploadSchema, 'ticket_uploads');

  function database() {
    if (!connection.db) throw new mongoose.mongo.MongoNotConnectedError('The database is not connected.');
    return connection.db;
  }
  const bucket = () => new mongoose.mongo.GridFSBucket(database(), { bucketName: 'tickets' });

  /** Not GridFSBucket.delete: that one refuses where an upload broke off before its files document. */
  async function removeFile(fileId: Types.ObjectId): Promise<void> {
    await database().collection('tickets.files').deleteOne({ _id: fileId });
    await database().collection('tickets.chunks').deleteMany({ files_id: fileId });
  }

  return {
    /** Stores a PDF under an id of its own. It counts as abandoned unless `settle` is called in time. */
    async upload(bookingId: string, pdf: Buffer, now = new Date()): Promise<Types.ObjectId> {
      const fileId = new mongoose.mongo.ObjectId();
      const cleanup = { nextAttemptAt: new Date(now.getTime() + abandonedAfterMs) };
      await uploads.create({ _id: fileId.toHexString(), bookingId, cleanup });
      await pipeline([pdf], bucket().openUploadStreamWithId(fileId, `${bookingId}.pdf`));
      return fileId;
    },

    /** Ends an upload: the file is a booking's ticket (`kept`), or is deleted. May be repeated. */
    async settle(fileId: Types.ObjectId, kept: boolean): Promise<void> {
      if (!kept) await removeFile(fileId);
      await uploads.deleteOne({ _id: fileId.toHexString() });
    },

    /** Uploads that were broken off, each leased to one process at a time. */
    abandoned: leasesOn<TicketUpload>({ collection: uploads.collection, path: 'cleanup' }),
    fileIdOf: (upload: TicketUpload): Types.ObjectId => new mongoose.mongo.ObjectId(upload._id),

    /** Tells whether every part of a file is there. Costs a look at an index, whatever the file's size. */
    async isWhole({ fileId, length }: Pick<TicketFile, 'fileId' | 'length'>): Promise<boolean> {
      const file = await database().collection('tickets.files').findOne({ _id: fileId });
      if (file?.length !== length) return false;
      const chunks = await database().collection('tickets.chunks').countDocuments({ files_id: fileId });
      return chunks === Math.ceil(length / Number(file.chunkSize));
    },

    read: (fileId: Types.ObjectId): Readable => bucket().openDownloadStream(fileId),
  };
}
