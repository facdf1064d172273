import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import mongoose, { type Types } from 'mongoose';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { createTicketRecords, type TicketRecords } from './ticket-records.ts';

describe('ticket records', () => {
  const database = useDatabase('ticket-app');
  let tickets: TicketRecords;
  let bookingId: string;
  const files = () => database().collection('ticket_pdfs.files');
  const later = () => new Date(Date.now() + 3_600_000);

  beforeEach(() => {
    tickets = createTicketRecords(database());
    bookingId = newId();
  });

  it('issues one ticket, however often it is asked', async () => {
    const [first, second] = [await tickets.issue(bookingId), await tickets.issue(bookingId)];
    expect(first.status).to.equal('VALID');
    expect(second.issuedAt).to.deep.equal(first.issuedAt);
  });

  it('is either a ticket or barred for a refund, whichever of 20 comes first (I2, K-2)', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) =>
        i % 2 === 0 ? (await tickets.issue(bookingId)).status : await tickets.bar(bookingId),
      ),
    );
    const issued = answers.includes('VALID') || answers.includes('valid');
    const barred = answers.includes('REVOKED') || answers.includes('barred');
    expect([issued, barred]).to.have.members([true, false]);
  });

  it('shows no ticket for a barred booking, not even a PDF that was made meanwhile', async () => {
    await tickets.bar(bookingId);
    expect((await tickets.issue(bookingId)).status).to.equal('REVOKED');
    await tickets.attachPdf(bookingId, Buffer.from('%PDF-late'));
    expect(await tickets.openPdf(bookingId)).to.equal(undefined);
  });

  it('keeps one PDF of several that are made at once, and deletes the others', async () => {
    await tickets.issue(bookingId);
    const made = await Promise.all([1, 2, 3, 4].map((i) => tickets.attachPdf(bookingId, Buffer.from(`%PDF-${i}`))));
    expect(new Set(made.map((record) => record.sha256)).size).to.equal(1);
    expect(await files().countDocuments({ 'metadata.bookingId': bookingId })).to.equal(1);
    const pdf = await tickets.openPdf(bookingId);
    expect(pdf && (await text(pdf.stream))).to.match(/^%PDF-\d$/);
  });

  describe('sweeping', () => {
    const chunks = () => database().collection('ticket_pdfs.chunks');

    /** What a worker leaves that is killed between the upload and the record. */
    async function uploadOnly(): Promise<Types.ObjectId> {
      const bucket = new mongoose.mongo.GridFSBucket(database().db as never, { bucketName: 'ticket_pdfs' });
      const upload = bucket.openUploadStream(`${bookingId}.pdf`, { metadata: { bookingId } });
      await pipeline([Buffer.from('%PDF-orphan')], upload);
      return upload.id;
    }

    it('deletes uploads that never became a ticket, once nobody can be at work on them any more', async () => {
      await tickets.issue(bookingId);
      await tickets.attachPdf(bookingId, Buffer.from('%PDF-kept'));
      const orphan = await uploadOnly();
      const { insertedId: brokenOff } = await chunks().insertOne({ files_id: new mongoose.Types.ObjectId(), n: 0 });
      expect(await tickets.sweepOrphans(new Date())).to.equal(0);
      expect(await tickets.sweepOrphans(later())).to.be.at.least(2);
      expect(await chunks().countDocuments({ $or: [{ files_id: orphan }, { _id: brokenOff }] })).to.equal(0);
      expect(await files().countDocuments({ 'metadata.bookingId': bookingId })).to.equal(1);
      const pdf = await tickets.openPdf(bookingId);
      expect(pdf && (await text(pdf.stream))).to.equal('%PDF-kept');
    });

    it('looks at each upload once', async () => {
      await tickets.sweepOrphans(later());
      await uploadOnly();
      expect(await tickets.sweepOrphans(later())).to.equal(0);
    });

    it('lets no upload that was swept become a ticket, when its writer wakes up (K-2)', async () => {
      await tickets.issue(bookingId);
      // The writer is stopped between its upload and its write to the record; meanwhile the sweep comes by.
      const model = database().model('TicketRecord');
      const updateOne = model.updateOne.bind(model);
      model.updateOne = ((...given: Parameters<typeof updateOne>) => {
        model.updateOne = updateOne;
        return database()
          .collection('sweeps')
          .deleteMany({})
          .then(() => tickets.sweepOrphans(later()))
          .then(() => updateOne(...given));
      }) as never;
      expect((await tickets.attachPdf(bookingId, Buffer.from('%PDF-late'))).fileId).to.equal(null);
      const { fileId } = await tickets.attachPdf(bookingId, Buffer.from('%PDF-next'));
      expect(await files().countDocuments({ _id: fileId as Types.ObjectId })).to.equal(1);
    });
  });
});
