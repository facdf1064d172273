import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import mongoose, { type Types } from 'mongoose';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { testMongoUri } from '../../../test/engines.ts';
import { createTicketRecords, type TicketRecords } from './ticket-records.ts';

describe('ticket records', () => {
  const database = useDatabase('ticket-app');
  let tickets: TicketRecords;
  let bookingId: string;
  const files = () => database().collection('ticket_pdfs.files');
  const textOf = async (pdf: Awaited<ReturnType<TicketRecords['openPdf']>>) =>
    typeof pdf === 'object' ? text(pdf.stream) : pdf;
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
    expect(await textOf(pdf)).to.match(/^%PDF-\d$/);
  });

  it('keeps and shows PDFs also after the connection was made anew', async () => {
    const uri = testMongoUri('anew');
    const connection = await mongoose.createConnection(uri).asPromise();
    const records = createTicketRecords(connection);
    const issued = async () => {
      const { _id } = await records.issue(newId());
      await records.attachPdf(_id, Buffer.from('%PDF-new'));
      return textOf(await records.openPdf(_id));
    };
    expect(await issued()).to.equal('%PDF-new');
    await connection.close();
    await connection.openUri(uri);
    expect(await issued()).to.equal('%PDF-new');
    await connection.dropDatabase();
    await connection.close();
  });

  it('puts a PDF in the place of a lost one, once, and only while the ticket is valid', async () => {
    await tickets.issue(bookingId);
    const lost = await tickets.attachPdf(bookingId, Buffer.from('%PDF-same'));
    await files().deleteOne({ _id: lost.fileId as Types.ObjectId });
    const again = () => tickets.replacePdf(lost, Buffer.from('%PDF-same'));
    expect((await Promise.all([again(), again(), again()])).filter(Boolean)).to.have.length(1);
    expect(await files().countDocuments({ 'metadata.bookingId': bookingId })).to.equal(1);
    expect(await textOf(await tickets.openPdf(bookingId))).to.equal('%PDF-same');
    const record = (await tickets.find(bookingId)) ?? lost;
    await tickets.revoke(bookingId, { eventId: 'gamelan', ticketNumbers: [] });
    expect(await tickets.replacePdf(record, Buffer.from('%PDF-same'))).to.equal(false);
  });

  describe('at the gate', () => {
    const scan = (seatId: string, key = newId()) => tickets.checkIn({ bookingId, seatId, key });
    const revoke = () => tickets.revoke(bookingId, { eventId: 'gamelan', ticketNumbers: ['KRS-1-1', 'KRS-1-2'] });

    it('lets each seat in once, of 20 scans at once', async () => {
      await tickets.issue(bookingId);
      const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => scan(i % 2 === 0 ? 'A-1-1' : 'A-1-2')));
      expect(answers.filter(({ outcome }) => outcome === 'used')).to.have.length(2);
      expect(answers.filter(({ outcome }) => outcome === 'used_before')).to.have.length(18);
      expect((await tickets.find(bookingId))?.uses?.map(({ seatId }) => seatId)).to.have.members(['A-1-1', 'A-1-2']);
    });

    it('answers the same scan as it was answered the first time (K-1)', async () => {
      await tickets.issue(bookingId);
      const key = newId();
      const answers = await Promise.all(Array.from({ length: 10 }, () => scan('A-1-1', key)));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).to.equal(1);
      expect(answers[0]?.outcome).to.equal('used');
      expect((await scan('A-1-1')).outcome).to.equal('used_before');
    });

    it('takes the key of one scan for no other, of this booking or another', async () => {
      const key = newId();
      await tickets.issue(bookingId);
      await scan('A-1-1', key);
      expect(await scan('A-1-2', key)).to.deep.equal({ outcome: 'key_reused' });
      bookingId = newId();
      await tickets.issue(bookingId);
      expect(await scan('A-1-1', key)).to.deep.equal({ outcome: 'key_reused' });
      expect((await scan('A-1-1')).outcome).to.equal('used');
    });

    it('lets nobody in by a ticket that was taken back, or that there is not', async () => {
      expect(await scan('A-1-1')).to.deep.equal({ outcome: 'unknown' });
      await tickets.issue(bookingId);
      expect([await revoke(), await revoke()]).to.deep.equal(['revoked', 'revoked']);
      expect(await scan('A-1-1')).to.deep.equal({ outcome: 'revoked' });
      expect((await tickets.issue(bookingId)).status).to.equal('REVOKED');
    });

    it('takes no ticket back of which one seat was used', async () => {
      await tickets.issue(bookingId);
      await scan('A-1-2');
      expect(await revoke()).to.equal('used');
      expect((await tickets.find(bookingId))?.status).to.equal('VALID');
    });

    it('uses a ticket or takes it back, never both: 200 races', async () => {
      const ends = { used: 0, revoked: 0 };
      for (let round = 0; round < 200; round += 1) {
        bookingId = newId();
        await tickets.issue(bookingId);
        const both = [() => scan('A-1-1'), revoke] as const;
        const [first, second] = round % 2 === 0 ? [both[0](), both[1]()] : [both[1](), both[0]()];
        const answers = (await Promise.all([first, second])).map((answer) =>
          typeof answer === 'string' ? `revoke: ${answer}` : `scan: ${answer.outcome}`,
        );
        const used = answers.includes('scan: used');
        expect(answers).to.have.members(used ? ['scan: used', 'revoke: used'] : ['scan: revoked', 'revoke: revoked']);
        ends[used ? 'used' : 'revoked'] += 1;
      }
      // Otherwise nothing raced.
      expect(Math.min(ends.used, ends.revoked)).to.be.at.least(5);
    });

    it('lists what was taken back, since an instant, and never what was barred before it was issued', async () => {
      await tickets.issue(bookingId);
      const barred = newId();
      await tickets.bar(barred);
      const before = await tickets.completeUntil();
      await revoke();
      const ofThis = async (since: Date) =>
        (await tickets.revokedOf('gamelan', since)).filter(({ _id }) => _id === bookingId);
      const [row] = await ofThis(before);
      expect(row?.ticketNumbers).to.deep.equal(['KRS-1-1', 'KRS-1-2']);
      expect(await ofThis(new Date((row?.revokedAt.getTime() ?? 0) + 1))).to.deep.equal([]);
      expect((await tickets.revokedOf('gamelan', new Date(0))).map(({ _id }) => _id)).not.to.include(barred);
    });

    it('opens no PDF of what was taken back', async () => {
      await tickets.issue(bookingId);
      await tickets.attachPdf(bookingId, Buffer.from('%PDF-1'));
      await scan('A-1-1');
      expect(await tickets.openPdf(bookingId)).not.to.equal(undefined);
      bookingId = newId();
      await tickets.issue(bookingId);
      await tickets.attachPdf(bookingId, Buffer.from('%PDF-1'));
      await revoke();
      expect(await tickets.openPdf(bookingId)).to.equal('revoked');
    });
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
      expect(await textOf(pdf)).to.equal('%PDF-kept');
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
