import { brotliDecompressSync } from 'node:zlib';
import axios from 'axios';
import { expect } from 'chai';
import { after, afterEach, before, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { createLogger } from '../../../lib/logging/logger.ts';
import { type ClientAppUnderTest, startClientApp } from '../../../test/client-app.ts';
import { someEvent } from '../../../test/factories/events.ts';
import { seatsCsv } from '../../../test/factories/seats.ts';
import { Listener } from '../../../test/support/event-stream.ts';
import { serviceSecret, useTicketApp } from '../../../test/ticket-app.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { createListening, type ListenLimits } from '../commands/listen-to-seats.ts';

describe('the seats of an event in front of the true ticket-app', () => {
  const ticketApp = useTicketApp();
  /** All of its seats are new: whoever comes back within half a minute is told to read the map anew. */
  const large = newId();
  const eventId = newId();
  const path = `/events/${eventId}/seats`;
  let app: ClientAppUnderTest;
  let listeners: Listener[] = [];

  const listen = async (headers: Record<string, string> = {}, query = '') => {
    const opened = await Listener.open(`${app.url}${path}/changes${query}`, headers);
    listeners.push(opened.listener);
    return opened;
  };
  const close = (seatId: string) => ticketApp().call('POST', `${path}/${seatId}/close`, { body: { reason: 'broken' } });
  const hears = (listener: Listener, id: string) =>
    waitUntil(`news of ${id}`, async () =>
      listener.events.some(({ data }) => data.seats?.some((seat: { seatId: string }) => seat.seatId === id)),
    );

  before(async () => {
    for (const [id, seats] of [
      [large, 7_000],
      [eventId, 60],
    ] as const) {
      await ticketApp().call('POST', '/events', { body: someEvent({ eventId: id }) });
      await ticketApp().call('POST', `/events/${id}/publish`);
      await ticketApp().csv(id, seatsCsv(seats));
    }
    app = await startClientApp('seat-map', {
      ticketAppUrl: ticketApp().url,
      ticketAppServiceSecrets: [serviceSecret],
    });
  });
  after(() => app.close());
  afterEach(() => {
    for (const listener of listeners) listener.close();
    listeners = [];
  });

  it('passes the map on as it is packed, with what it may be cached by', async () => {
    const mapPath = `/events/${large}/seats`;
    const { status, data, headers } = await axios.get<Buffer>(`${app.url}${mapPath}`, {
      headers: { 'Accept-Encoding': 'br' },
      decompress: false,
      responseType: 'arraybuffer',
      proxy: false,
    });
    expect(status).to.equal(200);
    expect(headers['content-encoding']).to.equal('br');
    expect(headers.vary).to.match(/accept-encoding/i);
    expect(headers['cache-control']).to.match(/^public, max-age=1/);
    expect(data.length).to.be.lessThan(60_000);
    const map = JSON.parse(brotliDecompressSync(data).toString());
    expect(headers.etag).to.equal(`W/"${map.version}"`);
    const again = await app.http.get(mapPath, { headers: { 'If-None-Match': String(headers.etag) } });
    expect([again.status, again.data]).to.deep.equal([304, '']);
    const plain = await axios.get(`${app.url}${mapPath}`, { headers: { 'Accept-Encoding': 'identity' }, proxy: false });
    expect(plain.headers).to.not.have.property('content-encoding');
    expect(plain.data.version).to.equal(map.version);
  });

  it('passes changes on, and goes on where a listener was', async () => {
    const { data: map } = await app.http.get(path);
    await close('A-1-1');
    const { listener, answer } = await listen({}, `?since=${map.cursor}`);
    expect(answer.headers['content-type']).to.match(/^text\/event-stream/);
    await hears(listener, 'A-1-1');
    listener.close();
    await close('A-1-2');
    await hears((await listen({ 'Last-Event-ID': listener.lastId })).listener, 'A-1-2');
  });

  it('tells an event that is not there, and a cursor that is none', async () => {
    expect((await app.http.get(`/events/${newId()}/seats/changes`)).data.code).to.equal('event_not_found');
    expect((await app.http.get(`${path}/changes?since=x`)).data).to.include({ status: 400, field: 'query.since' });
  });

  it('takes so many listeners in all, and from one address, and gives each place back', async () => {
    const call = (address: string) => ({ eventId, query: '', lastEventId: '', address });
    const listening = (limits: Partial<ListenLimits>) =>
      createListening(app.dependencies.ticketing, createLogger('client-app', 'silent'), limits);
    const few = listening({ perAddress: 1, perProcess: 2 });
    const first = await few.open(call('a'));
    const refusal = async (address: string) => (await few.open(call(address)).catch((error) => error)).code;
    expect(await refusal('a')).to.equal('too_many_requests');
    await few.open(call('b'));
    expect(await refusal('c')).to.equal('too_many_listeners');
    first.destroy();
    await waitUntil('the place to be free', async () => (await refusal('c')) !== 'too_many_listeners');
    few.close();
    // A call that is refused leaves no place taken.
    const one = listening({ perAddress: 1 });
    for (let i = 0; i < 3; i += 1) {
      const refused = await one.open({ ...call('a'), eventId: newId() }).catch((error) => error);
      expect(refused.code).to.equal('event_not_found');
    }
  });

  it('gives up a line on which ticket-app says nothing', async () => {
    const short = createListening(app.dependencies.ticketing, createLogger('client-app', 'silent'), { silenceMs: 200 });
    const stream = await short.open({ eventId, query: '', lastEventId: '', address: 'a' });
    stream.resume();
    await waitUntil('the line to be cut', async () => stream.destroyed);
  });

  // Last: the ticket-app that comes back is at another address.
  it('ends when ticket-app goes away, and answers 503 until it is back', async () => {
    const { listener } = await listen();
    await waitUntil('the line', async () => listener.retryMs !== undefined);
    await ticketApp().restart();
    await waitUntil('the end', async () => listener.isOver);
    const nobody = await startClientApp('seat-map-alone', { ticketAppUrl: 'http://127.0.0.1:9' });
    const refused = await nobody.http.get(`${path}/changes`);
    expect([refused.status, refused.data.code]).to.deep.equal([503, 'ticketing_unavailable']);
    await nobody.close();
  });
});
