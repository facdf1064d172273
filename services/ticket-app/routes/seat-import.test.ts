import { request as httpRequest } from 'node:http';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { someEvent } from '../../../test/factories/events.ts';
import { seatsCsv } from '../../../test/factories/seats.ts';
import { useTicketApp } from '../../../test/ticket-app.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { seatModel } from '../models/seat.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';

const header = 'seat_id,section,row,number,category,price';

describe('the import of seats from a CSV file', () => {
  const app = useTicketApp();
  let eventId: string;
  const count = () => seatModel(app().connection).countDocuments({ eventId });
  const rowsLeft = () => app().connection.collection('seat_import_rows').countDocuments();

  beforeEach(async () => {
    eventId = newId();
    await app().call('POST', '/events', { body: someEvent({ eventId }) });
  });

  it('imports every row', async () => {
    const text = `\ufeff${header}\r\nA-1-1,A,1,1,"Gold, front",750000\r\n\r\nA-1-2, A ,1,2,Gold,0\r\n`;
    const { status, body } = await app().csv(eventId, text);
    expect(status, JSON.stringify(body)).to.equal(201);
    expect(body).to.include({ seats: 2 }).and.have.property('importId');
    const seat = await app().call('GET', `/events/${eventId}/seats/A-1-1`);
    expect(seat.body).to.deep.include({ category: 'Gold, front', price: { amount: 750_000, currency: 'IDR' } });
    expect((await app().call('GET', `/events/${eventId}/seats/A-1-2`)).body).to.include({
      section: 'A',
      status: 'OPEN',
    });
    expect(await rowsLeft()).to.equal(0);
  });

  it('names each bad row by line, column and field, and imports nothing', async () => {
    const text = [
      header,
      'A-1-1,A,1,1,Gold,750000',
      'A-1-2,A,1,2,Gold,-5',
      'A 1 3,A,1,3,Gold,750000',
      'A-1-4,,1,4,Gold,750000',
      'A-1-5,A,1,5',
      'A-1-1,A,1,1,Gold,750000',
      'A-1-7,A,1,7,Gold,7.5',
      '"A-1-8",A,1,8,"Go\uFFFDld",1',
    ].join('\n');
    const { body } = await app().csv(eventId, text);
    expect(body).to.include({ status: 400, code: 'csv_invalid', line: 3, column: 6, field: 'price' });
    const rows = body.rows.map(({ line, column, field }: Record<string, unknown>) => [line, column, field]);
    expect(rows).to.deep.equal([
      [3, 6, 'price'],
      [4, 1, 'seat_id'],
      [5, 2, 'section'],
      [6, undefined, ''],
      [7, 1, 'seat_id'],
      [8, 6, 'price'],
      [9, 5, 'category'],
    ]);
    expect(body.detail).to.match(/^Line 3, column 6: price must be .* Nothing was imported\.$/);
    expect(await count()).to.equal(0);
    expect(await rowsLeft()).to.equal(0);
  });

  it('refuses seats that the event has, telling the line', async () => {
    await app().csv(eventId, `${header}\nA-1-1,A,1,1,Gold,1\n`);
    const { body } = await app().csv(eventId, `${header}\nA-1-2,A,1,2,Gold,1\nA-1-1,A,1,1,Gold,1\n`);
    expect(body).to.include({ status: 409, code: 'seat_exists', line: 3, field: 'seat_id' });
    expect(await count()).to.equal(1);
  });

  it('refuses what is no such file', async () => {
    const bad: Array<[string, number]> = [
      ['', 1],
      [header, 1],
      ['seat;section;row\nA;B;C', 1],
      ['section,seat_id,row,number,category,price\n', 1],
      [`${header}\nA-1-1,A,1,1,"Gold,750000\n`, 2],
      [`${header}\nA-1-1,A,1,1,${'x'.repeat(100_000)},750000\n`, 2],
      ['\u0000\u0001\u0002', 1],
    ];
    for (const [text, line] of bad) {
      const { status, body } = await app().csv(eventId, text);
      expect([status, body.code, body.line], text.slice(0, 60)).to.deep.equal([400, 'csv_invalid', line]);
    }
    const json = await app().call('POST', `/events/${eventId}/seats/import`, { body: { seats: [] } });
    expect(json.body.code).to.equal('unsupported_media_type');
    expect((await app().csv(newId(), `${header}\nA-1-1,A,1,1,Gold,1\n`)).body.code).to.equal('event_not_found');
    expect(await count()).to.equal(0);
  });

  it('imports 50,000 rows in seconds and little memory, and refuses one more', async function () {
    this.timeout(60_000);
    const text = seatsCsv(50_000);
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 20);
    const startedAt = performance.now();
    const { status, body } = await app().csv(eventId, text);
    const ms = Math.round(performance.now() - startedAt);
    clearInterval(watch);
    expect([status, body.seats]).to.deep.equal([201, 50_000]);
    expect(await count()).to.equal(50_000);
    // About 3 s on two idle cores; the limit leaves room for a busy machine, not for a slower way.
    expect(ms).to.be.lessThan(30_000);
    // The file is 1.7 MB and its rows as documents about 20 MB; the rest is what the collector has not collected yet.
    expect((peak - before) / 1024 / 1024).to.be.lessThan(250);

    const tooMany = await app().csv(eventId, seatsCsv(50_001, 'B'));
    expect(tooMany.body).to.include({ status: 400, code: 'csv_invalid', line: 50_002 });
    expect(await count()).to.equal(50_000);
  });

  it('reports twenty bad rows of a long bad file', async () => {
    const text = `${header}\n${'bad row\n'.repeat(20_000)}`;
    const { status, body } = await app().csv(eventId, text);
    expect([status, body.rows.length, body.rows[19].line]).to.deep.equal([400, 20, 21]);
    // The connection is of use again, although the file was not read to its end.
    expect((await app().csv(eventId, seatsCsv(3))).status).to.equal(201);
  });

  it('refuses a file that is too large', async function () {
    this.timeout(60_000);
    const { status, body } = await app().csv(eventId, `${header}\n${'\n'.repeat(33 * 1024 * 1024)}`);
    expect([status, body.code]).to.deep.equal([413, 'body_too_large']);
    expect((await app().csv(eventId, seatsCsv(3))).status).to.equal(201);
  });

  it('imports nothing when the upload breaks off, and lets the next one begin', async () => {
    const { hostname, port } = new URL(app().url);
    const path = `/events/${eventId}/seats/import`;
    const headers = { ...app().headers({}), 'Content-Type': 'text/csv' };
    const upload = httpRequest({ hostname, port, path, method: 'POST', headers });
    upload.on('error', () => undefined);
    upload.write(seatsCsv(5_000));
    const staged = () => app().connection.collection('seat_import_rows').countDocuments();
    await waitUntil('rows to be staged', async () => (await staged()) > 0);
    expect((await app().csv(eventId, seatsCsv(3))).body.code).to.equal('event_busy');
    upload.destroy();
    await waitUntil('the rows to be gone', async () => (await staged()) === 0);
    expect(await count()).to.equal(0);
    await waitUntil('the event to be free', async () => (await app().csv(eventId, seatsCsv(3))).status === 201);
    expect(await count()).to.equal(3);
  });

  it('lets one of several imports at once take effect, whole', async () => {
    const files = ['A', 'B', 'C', 'D'].map((section) => seatsCsv(2_500, section));
    const answers = await Promise.all(files.map((text) => app().csv(eventId, text)));
    const imported = answers.filter(({ status }) => status === 201);
    expect(imported.length).to.be.greaterThan(0);
    expect(answers.filter(({ body }) => body.code === 'event_busy').length).to.equal(4 - imported.length);
    expect(await count()).to.equal(2_500 * imported.length);
  });

  it('shows readers all of the seats or none, while an import takes effect', async () => {
    const sizes = new Set<number>();
    let over = false;
    const reader = async () => {
      while (!over) {
        const { body } = await app().call('GET', `/events/${eventId}/seats?limit=7000`);
        sizes.add(body.seats.length);
      }
    };
    const readers = [reader(), reader(), reader()];
    await app().csv(eventId, seatsCsv(6_000));
    over = true;
    await Promise.all(readers);
    expect(
      [...sizes].every((size) => size === 0 || size === 6_000),
      [...sizes].join(),
    ).to.equal(true);
  });

  it('does not touch a seat that was sold while a redo of its import ran again', async () => {
    await app().csv(eventId, seatsCsv(3));
    const claim = { eventId, seatId: 'A-1-1', bookingId: newId(), customerId: newId() };
    await createSeatLedger(app().connection).claim({ ...claim, claimBefore: new Date(Date.now() + 60_000) });
    const [row] = await app().connection.collection('seat_imports').find({ eventId }).toArray();
    const importId = row?._id as unknown as string;
    const seat = {
      seatId: 'A-1-1',
      section: 'A',
      row: '1',
      number: '1',
      category: 'Gold',
      price: { amount: 1, currency: 'IDR' },
    };
    await app().connection.collection('seat_import_rows').insertOne({ importId, n: 0, seat });
    const again = { $set: { status: 'committed', staged: true, aliveAt: new Date(0) } };
    await app()
      .connection.collection('seat_imports')
      .updateOne({ _id: importId as never }, again);
    await app().sweep();
    expect((await app().call('GET', `/events/${eventId}/seats/A-1-1`)).body.status).to.equal('ON_GOING');
    expect(await rowsLeft()).to.equal(0);
  });
});
