import { request as httpRequest } from 'node:http';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { limits } from '../../../lib/contracts/limits.ts';
import { newId } from '../../../lib/ids.ts';
import { someEvent } from '../../../test/factories/events.ts';
import { seatsCsv, someSeats } from '../../../test/factories/seats.ts';
import { useTicketApp } from '../../../test/ticket-app.ts';
import { waitUntil } from '../../../test/wait-until.ts';

describe('adding seats under an Idempotency-Key', () => {
  const app = useTicketApp();
  let eventId: string;
  let key: string;
  const csv = (text: string) => app().csv(eventId, text, { 'Idempotency-Key': key });
  const list = (seats: unknown, as: 'admin' | 'organizer' = 'admin') =>
    app().call('POST', `/events/${eventId}/seats`, { as, body: { seats }, headers: { 'Idempotency-Key': key } });
  const count = async () => (await app().call('GET', `/events/${eventId}`)).body.seats.total;

  beforeEach(async () => {
    eventId = (await app().call('POST', '/events', { as: 'organizer', body: someEvent() })).body.eventId;
    key = newId();
  });

  it('adds them once, for however many equal calls', async () => {
    const first = await csv(seatsCsv(2_500));
    const second = await csv(seatsCsv(2_500));
    expect([first.status, second.status]).to.deep.equal([201, 201]);
    expect(second.body).to.deep.equal(first.body);
    expect(await count()).to.equal(2_500);
  });

  it('adds them once for equal calls at one time: the others get the same answer, or are told of the first', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => csv(seatsCsv(1_500))));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).to.be.greaterThan(0);
    expect(new Set(made.map(({ body }) => body.importId)).size).to.equal(1);
    for (const { status, body, headers } of answers.filter((answer) => !made.includes(answer))) {
      expect([status, body.code, headers.get('retry-after')]).to.deep.equal([409, 'request_in_progress', '1']);
    }
    await waitUntil('the first call to be over', async () => (await csv(seatsCsv(1_500))).status === 201);
    expect((await csv(seatsCsv(1_500))).body).to.deep.equal(made[0]?.body);
    expect(await count()).to.equal(1_500);
  });

  it('tells of a first call that goes on, and takes the key again once that was given up', async () => {
    const { hostname, port } = new URL(app().url);
    const headers = { ...app().headers({}), 'Content-Type': 'text/csv', 'Idempotency-Key': key };
    const path = `/events/${eventId}/seats/import`;
    const upload = httpRequest({ hostname, port, path, method: 'POST', headers });
    upload.on('error', () => undefined);
    upload.write(seatsCsv(5_000));
    const staged = () => app().connection.collection('seat_import_rows').countDocuments();
    await waitUntil('rows to be staged', async () => (await staged()) > 0);
    const repeat = await csv(seatsCsv(5_000));
    upload.destroy();
    expect(repeat.body.code).to.equal('request_in_progress');
    await waitUntil('the key to be free', async () => (await csv(seatsCsv(3))).status === 201);
    expect(await count()).to.equal(3);
  });

  it('refuses other seats under the key, whichever way and in whatever batches they come', async () => {
    const seats = someSeats(3);
    expect((await list(seats)).status).to.equal(201);
    const other = seats.map((seat) => ({ ...seat, price: { amount: 1, currency: 'IDR' } }));
    for (const answer of [await list(other), await list(seats.slice(0, 2)), await csv('seat_id\n')]) {
      expect([answer.status, answer.body.code]).to.deep.equal([422, 'idempotency_key_reused']);
    }
    expect((await csv(seatsCsv(3))).status).to.equal(201);
    expect(await count()).to.equal(3);
  });

  it('does not take one person for another', async () => {
    expect((await list(someSeats(2), 'organizer')).status).to.equal(201);
    expect((await list(someSeats(2), 'admin')).body.code).to.equal('seat_exists');
  });

  it('remembers the key for a day from the end of the import', async () => {
    await csv(seatsCsv(3));
    const imports = app().connection.collection('seat_imports');
    const record = await imports.findOne({ eventId });
    expect(record?.endedAt).to.be.an.instanceOf(Date);
    const ttl = (await imports.indexes()).find(({ expireAfterSeconds }) => expireAfterSeconds !== undefined);
    expect(ttl).to.deep.include({ key: { endedAt: 1 }, expireAfterSeconds: limits.idempotencyKeyMs / 1_000 });
  });
});
