import { expect } from 'chai';
import { after, afterEach, before, describe, it } from 'mocha';
import { EventView } from '../../../lib/contracts/event.ts';
import { SeatView } from '../../../lib/contracts/seat.ts';
import { exampleOf } from '../../../lib/openapi/example.ts';
import { type ClientAppUnderTest, startClientApp } from '../../../test/client-app.ts';
import { problem } from '../../../test/ticketing-stand-in.ts';

describe('events and seats, in front of ticket-app', () => {
  let app: ClientAppUnderTest;

  before(async () => {
    app = await startClientApp('events');
  });
  after(() => app.close());
  afterEach(() => {
    app.ticketing.fault = undefined;
  });

  it('shows them to everybody, with their query', async () => {
    const event = exampleOf(EventView);
    const pages = {
      '/events?city=Jakarta&limit=2': { events: [event], nextCursor: 'a-cursor' },
      '/events/konser': event,
      '/events/konser/seats?status=OPEN': { eventId: 'konser', seats: [exampleOf(SeatView)] },
    };
    for (const [path, body] of Object.entries(pages)) {
      app.ticketing.pages.set(path, { status: 200, body });
      const { status, data, headers } = await app.http.get(path);
      expect([status, data]).to.deep.equal([200, body]);
      expect(headers['content-type']).to.match(/^application\/json/);
    }
  });

  it('passes on how a page may be cached, and asks whether the one that a client has is still good', async () => {
    const headers = { etag: '"m-7"', 'cache-control': 'public, max-age=1' };
    app.ticketing.pages.set('/events/konser/seats', { status: 200, body: { eventId: 'konser', seats: [] }, headers });
    const first = await app.http.get('/events/konser/seats');
    expect([first.headers.etag, first.headers['cache-control']]).to.deep.equal(['"m-7"', 'public, max-age=1']);
    app.ticketing.pages.set('/events/konser/seats', { status: 304, headers });
    const again = await app.http.get('/events/konser/seats', { headers: { 'If-None-Match': '"m-7"' } });
    expect([again.status, again.headers.etag, again.data]).to.deep.equal([304, '"m-7"', '']);
    expect(app.ticketing.asked.at(-1)?.['if-none-match']).to.equal('"m-7"');
  });

  it("passes ticket-app's own refusals on", async () => {
    app.ticketing.fault = problem(404, 'event_not_found', { field: 'path.eventId' });
    const { status, data, headers } = await app.http.get('/events/nothing');
    expect([status, data.code, data.field]).to.deep.equal([404, 'event_not_found', 'path.eventId']);
    expect(headers['content-type']).to.match(/^application\/problem\+json/);
  });

  const away = {
    'is cut off': 'cut',
    'is broken': problem(500, 'internal_error'),
    'has lost its database': problem(503, 'database_unavailable'),
    'does not know our credential': problem(401, 'unauthenticated'),
    'sends us elsewhere': { status: 302, body: '' },
  } as const;
  for (const [name, fault] of Object.entries(away)) {
    it(`answers 503 when ticket-app ${name}`, async () => {
      app.ticketing.fault = fault;
      const { status, data, headers } = await app.http.get('/events');
      expect([status, data.code, headers['retry-after']]).to.deep.equal([503, 'ticketing_unavailable', '1']);
    });
  }

  it('answers 503 when ticket-app is silent, also to whether it is alive', async () => {
    app.ticketing.fault = 'silence';
    expect((await app.http.get('/events')).status).to.equal(503);
  });

  it('is ready when the database and ticket-app are', async () => {
    expect((await app.http.get('/readyz')).data).to.deep.equal({
      ready: true,
      dependencies: { database: 'ok', 'ticket-app': 'ok' },
    });
    app.ticketing.fault = 'cut';
    const { status, data } = await app.http.get('/readyz');
    expect(status).to.equal(503);
    expect(data.dependencies).to.deep.equal({ database: 'ok', 'ticket-app': 'ticket-app: ECONNRESET' });
  });
});
