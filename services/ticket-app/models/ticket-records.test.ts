import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
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

  it('sweeps uploads that never became a ticket, once nobody can be at work on them any more', async () => {
    await tickets.issue(bookingId);
    await tickets.attachPdf(bookingId, Buffer.from('%PDF-kept'));
    const orphan = newId();
    // What a worker leaves that is killed between the upload and the record.
    await tickets.attachPdf(orphan, Buffer.from('%PDF-orphan')).catch(() => undefined);
    const { insertedId } = await files().insertOne({ filename: 'x', length: 1, chunkSize: 1, uploadDate: new Date() });
    expect(await tickets.sweepOrphans(new Date())).to.equal(0);
    expect(await tickets.sweepOrphans(later())).to.be.at.least(1);
    expect(await files().countDocuments({ _id: insertedId })).to.equal(0);
    expect(await files().countDocuments({ 'metadata.bookingId': bookingId })).to.equal(1);
  });
});
