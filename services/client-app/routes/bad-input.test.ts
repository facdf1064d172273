import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, type Person, password, startClientApp } from '../../../test/client-app.ts';

const collections = [
  'users',
  'bookings',
  'waitlist_entries',
  'idempotency_keys',
  'received_webhooks',
  'tickets.files',
  'ticket_uploads',
];

describe('bad input: a problem that names the field, and nothing stored', () => {
  let app: ClientAppUnderTest;
  let buyer: Person;

  before(async () => {
    app = await startClientApp('bad-input');
    buyer = await app.person();
  });
  after(() => app.close());

  const counts = () => Promise.all(collections.map((name) => app.connection.collection(name).countDocuments()));

  const seats = (count: number) => Array.from({ length: count }, (_, i) => `A-${i}`);
  const operator = { $ne: null };
  const person = { name: 'Ratna', email: 'ratna@example.com', password: 'sepuluh-huruf' };
  const booking = { eventId: 'konser', seatIds: ['A-1'] };
  const place = { eventId: 'konser', seatId: 'A-1' };

  /** [what, method, path, body, status, code, field]. */
  const refusals: [string, string, string, unknown, number, string, string | undefined][] = [
    [
      'an operator as an address',
      'post',
      '/sessions',
      { email: operator, password },
      400,
      'invalid_request',
      'body.email',
    ],
    [
      'an operator as a password',
      'post',
      '/sessions',
      { email: 'a@b.id', password: operator },
      400,
      'invalid_request',
      'body.password',
    ],
    [
      'an operator as an event',
      'post',
      '/bookings',
      { ...booking, eventId: operator },
      400,
      'invalid_request',
      'body.eventId',
    ],
    [
      'an operator as a seat',
      'post',
      '/bookings',
      { ...booking, seatIds: [operator] },
      400,
      'invalid_request',
      'body.seatIds[0]',
    ],
    [
      'an operator instead of seats',
      'post',
      '/bookings',
      { ...booking, seatIds: operator },
      400,
      'invalid_request',
      'body.seatIds',
    ],
    ['an operator as a key', 'post', '/bookings', { ...booking, $where: '1' }, 400, 'unknown_field', 'body.$where'],
    ['an unknown field', 'post', '/bookings', { ...booking, price: 1 }, 400, 'unknown_field', 'body.price'],
    ['no event', 'post', '/bookings', { seatIds: ['A-1'] }, 400, 'invalid_request', 'body.eventId'],
    ['no seats', 'post', '/bookings', { ...booking, seatIds: [] }, 400, 'invalid_request', 'body.seatIds'],
    [
      'a seat twice',
      'post',
      '/bookings',
      { ...booking, seatIds: ['A-1', 'A-1'] },
      400,
      'invalid_request',
      'body.seatIds',
    ],
    [
      'a number as a seat',
      'post',
      '/bookings',
      { ...booking, seatIds: [7] },
      400,
      'invalid_request',
      'body.seatIds[0]',
    ],
    ['11 seats', 'post', '/bookings', { ...booking, seatIds: seats(11) }, 400, 'invalid_request', 'body.seatIds'],
    [
      'a path as a seat',
      'post',
      '/bookings',
      { ...booking, seatIds: ['../../x'] },
      400,
      'invalid_request',
      'body.seatIds[0]',
    ],
    ['10,000 seats', 'post', '/bookings', { ...booking, seatIds: seats(10_000) }, 413, 'body_too_large', 'body'],
    ['a body of 1 MB', 'post', '/users', { ...person, name: 'x'.repeat(1_000_000) }, 413, 'body_too_large', 'body'],
    ['an array as a body', 'post', '/users', [person], 400, 'invalid_request', 'body'],
    ['no name', 'post', '/users', { ...person, name: undefined }, 400, 'invalid_request', 'body.name'],
    ['a blank name', 'post', '/users', { ...person, name: '   ' }, 400, 'invalid_request', 'body.name'],
    ['a name of two lines', 'post', '/users', { ...person, name: 'a\nb' }, 400, 'invalid_request', 'body.name'],
    ['a long name', 'post', '/users', { ...person, name: 'x'.repeat(121) }, 400, 'invalid_request', 'body.name'],
    ['no address', 'post', '/users', { ...person, email: 'ratna' }, 400, 'invalid_request', 'body.email'],
    [
      'a short password',
      'post',
      '/users',
      { ...person, password: 'ninechars' },
      400,
      'invalid_request',
      'body.password',
    ],
    [
      'a long password',
      'post',
      '/users',
      { ...person, password: 'x'.repeat(129) },
      400,
      'invalid_request',
      'body.password',
    ],
    ['a role of my own', 'post', '/users', { ...person, role: 'admin' }, 400, 'unknown_field', 'body.role'],
    ['an empty change', 'patch', '/users/u1', {}, 400, 'invalid_request', 'body'],
    ['an operator as a change', 'patch', '/users/u1', { name: operator }, 400, 'invalid_request', 'body.name'],
    [
      'an operator in the path',
      'get',
      '/bookings/%7B%22$ne%22:null%7D',
      undefined,
      400,
      'invalid_request',
      'path.bookingId',
    ],
    [
      'an operator in the query',
      'get',
      '/bookings?status[$ne]=FAILED',
      undefined,
      400,
      'unknown_field',
      'query.status[$ne]',
    ],
    ['a status that is none', 'get', '/bookings?status=SOLD', undefined, 400, 'invalid_request', 'query.status'],
    [
      'a status twice',
      'get',
      '/bookings?status=FAILED&status=FAILED',
      undefined,
      400,
      'invalid_request',
      'query.status',
    ],
    ['a limit of 0', 'get', '/bookings?limit=0', undefined, 400, 'invalid_request', 'query.limit'],
    ['a limit of 101', 'get', '/bookings?limit=101', undefined, 400, 'invalid_request', 'query.limit'],
    ['a cursor of somebody', 'get', '/bookings?cursor=abc', undefined, 400, 'invalid_cursor', 'query.cursor'],
    ['an unknown field to cancel', 'post', '/bookings/b1/cancel', { refund: 'x' }, 400, 'unknown_field', 'body.refund'],
    ['a path as an event', 'get', '/events/..%2Fbookings', undefined, 400, 'invalid_request', 'path.eventId'],
    ['an unknown route', 'get', '/nothing', undefined, 404, 'route_not_found', undefined],
  ];

  /** The same of the waitlist, each a 400: [what, method, path, body, code, field]. */
  const ofWaitlist: [string, string, string, unknown, string, string][] = [
    ['an operator as a seat', 'post', '', { ...place, seatId: operator }, 'invalid_request', 'body.seatId'],
    ['a list of seats', 'post', '', { ...place, seatId: ['A-1'] }, 'invalid_request', 'body.seatId'],
    ['no seat', 'post', '', { eventId: 'konser' }, 'invalid_request', 'body.seatId'],
    ['an operator as an event', 'post', '', { ...place, eventId: operator }, 'invalid_request', 'body.eventId'],
    ['a customer of my own', 'post', '', { ...place, customerId: 'sari' }, 'unknown_field', 'body.customerId'],
    ['an operator as an entry', 'get', '/%7B%22$ne%22:null%7D', undefined, 'invalid_request', 'path.entryId'],
    ['a body to leave', 'post', '/e1/leave', { reason: 'x' }, 'unknown_field', 'body.reason'],
    ['a status that is none', 'get', '?status=SOLD', undefined, 'invalid_request', 'query.status'],
    ['neither true nor false', 'get', '?active=perhaps', undefined, 'invalid_request', 'query.active'],
    ['a cursor of another list', 'get', '?cursor=WzEsIngiXQ', undefined, 'invalid_cursor', 'query.cursor'],
    ['half a cursor of this list', 'get', '?cursor=a.', undefined, 'invalid_cursor', 'query.cursor'],
  ];
  for (const [what, method, path, data, code, field] of ofWaitlist) {
    refusals.push([what, method, `/waitlist-entries${path}`, data, 400, code, field]);
  }

  for (const [what, method, path, data, status, code, field] of refusals) {
    it(`${what}: ${method.toUpperCase()} ${path.slice(0, 40)} → ${status} ${code}`, async () => {
      const before = await counts();
      const answer = await buyer.http.request({
        method,
        url: path,
        headers: { 'Idempotency-Key': newId() },
        ...(data !== undefined && { data }),
      });
      expect([answer.status, answer.data.code, answer.data.field]).to.deep.equal([status, code, field]);
      expect(answer.headers['content-type']).to.match(/^application\/problem\+json/);
      expect(JSON.stringify(answer.data)).not.to.match(/node_modules|\.ts:|at Object/);
      expect(await counts()).to.deep.equal(before);
    });
  }

  it('not JSON: 400; not called JSON: 415', async () => {
    const before = await counts();
    const broken = await app.http.post('/users', '{"name":', { headers: { 'Content-Type': 'application/json' } });
    expect([broken.status, broken.data.code, broken.data.field]).to.deep.equal([400, 'malformed_body', 'body']);
    const text = await app.http.post('/users', JSON.stringify(person), { headers: { 'Content-Type': 'text/plain' } });
    expect([text.status, text.data.code, text.data.field]).to.deep.equal([415, 'unsupported_media_type', 'body']);
    expect(await counts()).to.deep.equal(before);
  });

  it('a booking without signing in: 401, before anything is read', async () => {
    const before = await counts();
    const { status, data } = await app.http.post('/bookings', booking, { headers: { 'Idempotency-Key': newId() } });
    expect([status, data.code]).to.deep.equal([401, 'unauthenticated']);
    expect(await counts()).to.deep.equal(before);
    expect(app.ticketing.calls).to.have.length(0);
  });
});
