import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import mongoose, { type Connection, type Types } from 'mongoose';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';
import { type TicketRecord, ticketRecordModel } from './ticket-record.ts';

/*
 *   operation        from                                  to                    answers
 *   issue            no record                             VALID                 the record that is there
 *   bar              no record                             REVOKED               barred | valid
 *   check in (seat)  VALID, this seat not used             the seat is USED      used | used_before | revoked | unknown
 *   revoke           VALID, no seat used; or no record     REVOKED               revoked | used
 *
 * All on one document a booking, each one compare-and-set: so a ticket is either used or given back, never both.
 */

export interface Scan {
  bookingId: string;
  seatId: string;
  key: string;
}

export type CheckInAnswer =
  | { outcome: 'used' | 'used_before'; usedAt: Date }
  /** `key_reused`: the key names the scan of another ticket. */
  | { outcome: 'revoked' | 'unknown' | 'key_reused' };

/** Of one booking. */
export type RevokedTickets = Pick<Required<TicketRecord>, '_id' | 'ticketNumbers' | 'revokedAt'>;

/** How far the uploads have been looked through. */
interface Sweep {
  _id: 'ticket_pdfs';
  sweptUntil: Date;
}

/** An upload younger than this may still be about to become a ticket's file. */
const orphanAgeMs = 10 * 60_000;

/** A write is seen by readers well within this time of the instant it carries. */
const visibleAfterMs = 5_000;

export type TicketRecords = ReturnType<typeof createTicketRecords>;

export function createTicketRecords(connection: Connection) {
  const records = ticketRecordModel(connection);
  const database = () => {
    if (!connection.db) throw new mongoose.mongo.MongoNotConnectedError('The database is not connected.');
    return connection.db;
  };
  let opened: { by: mongoose.mongo.Db; bucket: mongoose.mongo.GridFSBucket } | undefined;
  /** One for all uploads, since the first of each bucket looks for its indexes; another one where the connection was made anew. */
  const bucket = (): mongoose.mongo.GridFSBucket => {
    const by = database();
    if (opened?.by !== by) opened = { by, bucket: new mongoose.mongo.GridFSBucket(by, { bucketName: 'ticket_pdfs' }) };
    return opened.bucket;
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

  /** Lets one seat in, once. The same scan (its key) repeated is answered as it was the first time. */
  async function checkIn({ bookingId, seatId, key }: Scan): Promise<CheckInAnswer> {
    const at = new Date();
    try {
      const { matchedCount } = await records.updateOne(
        { _id: bookingId, status: 'VALID', 'uses.seatId': { $ne: seatId }, 'uses.key': { $ne: key } },
        { $push: { uses: { seatId, at, key } } },
      );
      if (matchedCount === 1) return { outcome: 'used', usedAt: at };
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return { outcome: 'key_reused' };
    }
    const record = await find(bookingId);
    if (!record) return { outcome: 'unknown' };
    const mine = record.uses?.find((use) => use.key === key);
    if (mine) return mine.seatId === seatId ? { outcome: 'used', usedAt: mine.at } : { outcome: 'key_reused' };
    if (record.status === 'REVOKED') return { outcome: 'revoked' };
    const before = record.uses?.find((use) => use.seatId === seatId);
    // Neither used nor revoked: it was not there at the first look.
    return before ? { outcome: 'used_before', usedAt: before.at } : checkIn({ bookingId, seatId, key });
  }

  /** Takes a booking's tickets back, unless one of them has been used. May be repeated. */
  async function revoke(
    bookingId: string,
    known: Pick<Required<TicketRecord>, 'eventId' | 'ticketNumbers'>,
  ): Promise<'revoked' | 'used'> {
    const { matchedCount } = await records.updateOne(
      { _id: bookingId, status: 'VALID', 'uses.0': { $exists: false } },
      { $set: { status: 'REVOKED', ...known }, $currentDate: { revokedAt: true } },
    );
    if (matchedCount === 1) return 'revoked';
    const record = await insert(bookingId, 'REVOKED');
    if (record.status === 'REVOKED') return 'revoked';
    return record.uses?.length ? 'used' : revoke(bookingId, known);
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

    /**
     * Stores a PDF in the place of one whose file is lost, if the record is still as it was read. The caller has made sure
     * that it is the same file. Tells whether it is the ticket's file now.
     */
    async replacePdf({ _id, fileId: lost }: Pick<TicketRecord, '_id' | 'fileId'>, pdf: Buffer): Promise<boolean> {
      const fileId = await upload(_id, pdf);
      const sha256 = createHash('sha256').update(pdf).digest('hex');
      const { modifiedCount } = await records.updateOne(
        { _id, status: 'VALID', fileId: lost, swept: { $ne: fileId } },
        { $set: { fileId, sha256 } },
      );
      if (modifiedCount === 0) await sweepUpload(fileId);
      return modifiedCount === 1;
    },

    checkIn,
    revoke,
    /** Tells whether anybody has been let in by a ticket of this booking. */
    isUsed: async (bookingId: string): Promise<boolean> => Boolean((await find(bookingId))?.uses?.length),

    /** The tickets of an event that were taken back at that instant or later, by the database's clock; oldest first. */
    revokedOf: (eventId: string, since: Date): Promise<RevokedTickets[]> =>
      records
        .find({ eventId, revokedAt: { $gte: since } })
        .select({ ticketNumbers: 1, revokedAt: 1 })
        .sort({ revokedAt: 1 })
        .lean<RevokedTickets[]>(),

    /** An instant, by the database's clock, until which a list read after this shows every revocation there is. */
    async completeUntil(): Promise<Date> {
      const [clock] = await database()
        .aggregate<{ now: Date }>([{ $documents: [{ now: '$$NOW' }] }])
        .toArray();
      if (!clock) throw new Error('The database does not tell its time.');
      return new Date(clock.now.getTime() - visibleAfterMs);
    },

    /** The PDF of a valid ticket. `revoked`: there was one, and it was taken back. */
    async openPdf(bookingId: string): Promise<{ sha256: string; stream: Readable } | 'revoked' | undefined> {
      const record = await find(bookingId);
      if (record?.revokedAt) return 'revoked';
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
