import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import axios from 'axios';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { SeatMap } from '../../../lib/contracts/seat-map.ts';
import { newId } from '../../../lib/ids.ts';
import { compile } from '../../../lib/schema/ajv.ts';
import { someEvent } from '../../../test/factories/events.ts';
import { seatsCsv, someSeats } from '../../../test/factories/seats.ts';
import { useTicketApp } from '../../../test/ticket-app.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';

describe('the seat map of ticket-app', () => {
  const app = useTicketApp();
  let eventId: string;
  const path = () => `/events/${eventId}/seats`;
  const read = (headers: Record<string, string> = {}) => app().call('GET', path(), { as: 'service', headers });
  /** As it is on the wire. */
  const readRaw = (coding: string) =>
    axios.get<Buffer>(`${app().url}${path()}`, {
      headers: { ...app().headers({ as: 'service' }), 'Accept-Encoding': coding },
      decompress: false,
      responseType: 'arraybuffer',
      proxy: false,
    });
  const ledger = () => createSeatLedger(app().connection);
  const claim = (seatId: string) =>
    ledger().claim({
      eventId,
      seatId,
      bookingId: newId(),
      customerId: newId(),
      claimBefore: new Date(Date.now() + 60_000),
    });

  beforeEach(async () => {
    eventId = newId();
    await app().call('POST', '/events', { body: someEvent({ eventId }) });
    await app().call('POST', `/events/${eventId}/publish`);
  });

  it('shows every seat in its row, rows and numbers as people count them, with one letter for its state', async () => {
    const silver = { category: 'Silver', price: { amount: 400_000, currency: 'IDR' } };
    const [seat] = someSeats(1);
    const inRow10 = ['2', '10', '1'].map((number) => ({
      ...seat,
      ...silver,
      seatId: `A-10-${number}`,
      row: '10',
      number,
    }));
    await app().call('POST', path(), { body: { seats: [...inRow10, ...someSeats(4)] } });
    await claim('A-1-1');
    const sold = {
      eventId,
      seatId: 'A-1-2',
      bookingId: 'b',
      customerId: 'c',
      claimBefore: new Date(Date.now() + 60_000),
    };
    await ledger().claim(sold);
    await ledger().confirm(sold);
    await ledger().close({ eventId, seatIds: ['A-1-2', 'A-1-4'], reason: 'broken' });
    const { status, body } = await read();
    expect(status).to.equal(200);
    expect(compile(SeatMap).check(body)).to.equal(true);
    expect(body.categories).to.deep.equal([
      { name: 'Gold', price: { amount: 750_000, currency: 'IDR' } },
      { name: 'Silver', price: { amount: 400_000, currency: 'IDR' } },
    ]);
    expect(body.sections).to.deep.equal([
      {
        name: 'A',
        rows: [
          {
            name: '1',
            seatIds: ['A-1-1', 'A-1-2', 'A-1-3', 'A-1-4'],
            numbers: ['1', '2', '3', '4'],
            categories: [0, 0, 0, 0],
            states: 'GbOo',
          },
          {
            name: '10',
            seatIds: ['A-10-1', 'A-10-2', 'A-10-10'],
            numbers: ['1', '2', '10'],
            categories: [1, 1, 1],
            states: 'OOO',
          },
        ],
      },
    ]);
  });

  it('is under 60 kB on the wire for 7,000 seats, the same in every coding', async function () {
    this.timeout(30_000);
    await app().csv(eventId, seatsCsv(7_000));
    const identity = await readRaw('identity');
    expect(identity.headers).to.not.have.property('content-encoding');
    for (const [coding, unpack] of [
      ['gzip', gunzipSync],
      ['br', brotliDecompressSync],
    ] as const) {
      const packed = await readRaw(coding);
      expect(packed.headers['content-encoding']).to.equal(coding);
      expect(packed.headers.vary).to.include('Accept-Encoding');
      expect(packed.data.length).to.be.lessThan(60_000);
      expect(unpack(packed.data).equals(identity.data)).to.equal(true);
    }
    const seats = (JSON.parse(identity.data.toString()) as SeatMap).sections.flatMap(({ rows }) => rows);
    expect(seats.flatMap(({ seatIds }) => seatIds)).to.have.length(7_000);
  });

  it('may be cached for a second, and answers 304 for as long as nothing has changed, in another process too', async () => {
    await app().call('POST', path(), { body: { seats: someSeats(5) } });
    const first = await read();
    const etag = first.headers.get('etag') ?? '';
    expect(etag).to.equal(`W/"${first.body.version}"`);
    expect(first.headers.get('cache-control')).to.match(/^public, max-age=1, stale-while-revalidate=/);
    const other = await app().another();
    const again = await fetch(`${other.url}${path()}`, {
      headers: app().headers({ as: 'service', headers: { 'If-None-Match': etag } }),
    });
    expect(again.status).to.equal(304);
    expect(await again.text()).to.equal('');
    await claim('A-1-3');
    const changed = await waitUntil('the map to change', async () => {
      const answer = await read({ 'If-None-Match': etag });
      return answer.status === 200 && answer;
    });
    expect(changed.body.sections[0].rows[0].states).to.equal('OOGOO');
    await other.close();
  });

  it('shows an import at once and whole, and a draft to those who keep it only, cached by nobody else', async () => {
    expect((await read()).body.sections).to.deep.equal([]);
    await app().csv(eventId, seatsCsv(300));
    const { body } = await read();
    expect(body.sections[0].rows.map(({ states }: { states: string }) => states.length)).to.deep.equal([100, 100, 100]);
    const draft = newId();
    await app().call('POST', '/events', { body: someEvent({ eventId: draft }) });
    expect((await app().call('GET', `/events/${draft}/seats`, { as: 'service' })).body.code).to.equal(
      'event_not_found',
    );
    const kept = await app().call('GET', `/events/${draft}/seats`);
    expect(kept.status).to.equal(200);
    expect(kept.headers.get('cache-control')).to.match(/^private/);
  });

  it('is not mixed with the list, which a filter, a page or `view` asks for', async () => {
    await app().call('POST', path(), { body: { seats: someSeats(5) } });
    const ask = (query: string) => app().call('GET', `${path()}?${query}`, { as: 'service' });
    expect((await ask('view=map')).body).to.have.property('sections');
    for (const query of ['view=list', 'status=OPEN', 'limit=5']) {
      expect((await ask(query)).body.seats, query).to.have.length(5);
    }
    expect((await ask('view=map&status=OPEN')).body).to.include({ status: 400, field: 'query.view' });
    expect((await ask('view=tree')).status).to.equal(400);
  });
});
