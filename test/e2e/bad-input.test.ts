// Bad input against the whole running system: a 4xx problem with a stable code that names the field; nothing stored;
// never a 500, a stack trace or a path of ours.
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { system } from '../engines.ts';
import { type RawRequest, rawRequest } from '../support/raw-request.ts';
import { type Callers, callers, credentials, type Route, routes } from './bad-input.routes.ts';
import { closeDatabases, databaseOf } from './databases.ts';

const megabyte = 1_000_000;
const services = ['client-app', 'ticket-app', 'payment-app', 'organizer-x', 'organizer-y'] as const;

/** Written by the clock, not by anybody's request; and failures to sign in, which are counted. */
const notCompared = new Set(['sweeps', 'attempts']);

/** No field of any route takes one of these, unless the route's table says so. */
const wrongValues = [
  'null',
  'true',
  '-1',
  '1.5',
  '1e308',
  '1e400',
  '[]',
  '{"$ne":null}',
  '[{"$gt":""}]',
  '{"__proto__":{"amount":1}}',
  '"\\u0000"',
  JSON.stringify('x'.repeat(20_000)),
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
];
/** Malformed ids, sent as they stand. */
const wrongIds = [
  '%7B%22$ne%22:null%7D',
  '..%2F..%2Fetc%2Fpasswd',
  '%00',
  '%E0%A4%A',
  '-',
  'x'.repeat(300),
  '__proto__',
];

const parametersOf = (route: Route) => [...route.path.matchAll(/:\w+/g)].map(([name]) => name);
const pathOf = (route: Route, value = 'no-such-thing') => route.path.replaceAll(/:\w+/g, value);
const isProblemType = (type: string) => type.startsWith('application/problem+json');

interface Fault {
  what: string;
  request: Partial<RawRequest>;
  /** What `field` must begin with; absent where no single field is at fault. */
  field?: string;
  statuses?: number[];
}

let who: Callers;

/** Sends it, and answers with what is not as promised. */
async function mistakeIn(route: Route, { what, request, field, statuses = [400] }: Fault): Promise<string | undefined> {
  const path = request.path ?? pathOf(route);
  const body = request.body ?? (route.body && JSON.stringify(route.body)) ?? '';
  const headers = {
    ...(body !== '' && { 'content-type': 'application/json' }),
    ...credentials(route, { path, body }, who),
    ...request.headers,
  };
  const base = system().urls[route.app];
  const sent = { ...request, method: route.method, path, headers, ...(body !== '' && { body }) };
  const answer = await rawRequest(base, sent);
  const told = `${what} → ${answer.status} ${answer.text.slice(0, 200)}`;
  if (!statuses.includes(answer.status)) return answer.status === route.also ? undefined : told;
  if (/node_modules|\.ts\b|\n\s+at |Error:|\/work\/|\/home\//.test(answer.text)) return `leaks: ${told}`;
  const { code, fault } = answer.text.startsWith('{') ? JSON.parse(answer.text) : {};
  // Y speaks a language of its own.
  if (!(fault && route.app === 'organizerY') && !isProblemType(answer.type)) return `no problem+json: ${told}`;
  if (typeof (code ?? fault?.code) !== 'string') return `no code: ${told}`;
  const named = fault?.field ?? JSON.parse(answer.text).field;
  if (field !== undefined && !(named ?? '').startsWith(field)) return `names ${named}, not ${field}: ${told}`;
  return undefined;
}

async function expectRefused(route: Route, faults: Fault[]): Promise<void> {
  const mistakes: string[] = [];
  for (let i = 0; i < faults.length; i += 12) {
    const some = await Promise.all(faults.slice(i, i + 12).map((fault) => mistakeIn(route, fault)));
    mistakes.push(...some.filter((mistake) => mistake !== undefined));
  }
  expect(mistakes).to.deep.equal([]);
}

/** The body with one field replaced by raw JSON. */
function withField(body: Record<string, unknown>, name: string, raw: string): string {
  return JSON.stringify({ ...body, [name]: '@raw@' }).replace('"@raw@"', () => raw);
}

const fieldFaults = ({ body = {}, lenient = [] }: Route): Fault[] =>
  Object.keys(body)
    .filter((name) => !lenient.includes(name))
    .flatMap((name) =>
      wrongValues.map((raw) => ({
        what: `${name}: ${raw.slice(0, 40)}`,
        request: { body: withField(body, name, raw) },
        ...(raw.includes('__proto__') ? {} : { field: `body.${name}` }),
      })),
    );

function bodyFaults(body: Record<string, unknown>, as: string): Fault[] {
  const good = JSON.stringify(body);
  const big = JSON.stringify({ ...body, filler: 'x'.repeat(megabyte) });
  const gzip = { 'content-encoding': 'gzip' };
  const forgedToo = as === 'signed' ? [400, 401] : [400];
  const strict = ['buyer', 'admin', 'anyone'].includes(as);
  return [
    { what: 'half a JSON', request: { body: good.slice(0, -1) } },
    { what: 'a text', request: { body: '"text"' } },
    { what: 'null', request: { body: 'null' } },
    { what: 'an array', request: { body: `[${good}]` } },
    { what: 'NUL bytes', request: { body: '\0\0\0\0' } },
    { what: 'not UTF-8', request: { body: Buffer.from([0xff, 0xfe, 0x7b]) }, statuses: forgedToo },
    { what: 'a prototype', request: { body: `{"__proto__":{"role":"admin"},${good.slice(1)}` } },
    ...(strict
      ? [{ what: 'an operator', request: { body: JSON.stringify({ ...body, $where: '1' }) }, field: 'body' }]
      : []),
    {
      what: 'text/plain',
      request: { headers: { 'content-type': 'text/plain' }, body: good },
      statuses: [415],
      field: 'body',
    },
    {
      what: 'multipart',
      request: { headers: { 'content-type': 'multipart/form-data' }, body: good },
      statuses: [415],
      field: 'body',
    },
    { what: 'csv', request: { headers: { 'content-type': 'text/csv' }, body: good }, statuses: [...forgedToo, 404] },
    { what: '1 MB', request: { body: big }, statuses: [413], field: 'body' },
    { what: '1 MB without its length', request: { body: big, chunked: true }, statuses: [413], field: 'body' },
    { what: '1 MB in 1 kB', request: { body: gzipSync(big), headers: gzip }, statuses: [413], field: 'body' },
    { what: 'gzip that is none', request: { body: good, headers: gzip }, field: 'body' },
    { what: 'half a gzip', request: { body: gzipSync(good).subarray(0, 15), headers: gzip }, field: 'body' },
    {
      what: 'an unknown encoding',
      request: { body: good, headers: { 'content-encoding': 'zip' } },
      statuses: [415],
      field: 'body',
    },
  ];
}

const queryFaults = (route: Route): Fault[] =>
  Object.entries(route.query ?? {}).flatMap(([name, values]) =>
    values.map((value) => ({
      what: `${name}=${value}`,
      request: { path: `${pathOf(route)}?${name}=${value}` },
      field: 'query',
    })),
  );

const idFaults = (route: Route): Fault[] =>
  wrongIds.map((wrong) => ({ what: wrong, request: { path: pathOf(route, wrong) }, statuses: [400, 404] }));

async function countDocuments(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of services) {
    const { db } = await databaseOf(name);
    for (const { name: collection } of (await db?.listCollections().toArray()) ?? []) {
      if (notCompared.has(collection)) continue;
      counts[`${name}/${collection}`] = (await db?.collection(collection).countDocuments()) ?? 0;
    }
  }
  return counts;
}

describe('bad input', function () {
  this.timeout(60_000);
  let stored: Record<string, number>;
  before(async () => {
    who = await callers();
    stored = await countDocuments();
  });
  after(closeDatabases);

  for (const route of routes) {
    const { app, method, path, body, query, as } = route;
    const parameters = parametersOf(route);
    const name = `${app}: ${method} ${path}`;
    if (body) it(`${name}: each field, wrong`, () => expectRefused(route, fieldFaults(route)));
    if (body) it(`${name}: the body, wrong`, () => expectRefused(route, bodyFaults(body, as)));
    if (query) it(`${name}: the query, wrong`, () => expectRefused(route, queryFaults(route)));
    if (parameters.length > 0) it(`${name}: the path, wrong`, () => expectRefused(route, idFaults(route)));
  }

  describe('of a booking', () => {
    const booking = routes.find(({ app, as, path }) => app === 'clientApp' && as === 'buyer' && path === '/bookings');
    const refuses = (what: string, body: object, field: string, statuses = [400]) =>
      it(what, () =>
        expectRefused(booking as Route, [{ what, request: { body: JSON.stringify(body) }, field, statuses }]),
      );
    const seats = (count: number) => Array.from({ length: count }, (_, i) => `A-1-${i}`);

    refuses('11 seats', { eventId: 'e', seatIds: seats(11) }, 'body.seatIds');
    refuses('5,000 seats, below the limit of a body', { eventId: 'e', seatIds: seats(5_000) }, 'body.seatIds');
    refuses('10,000 seats', { eventId: 'e', seatIds: seats(10_000) }, 'body', [413]);
    refuses('a seat twice', { eventId: 'e', seatIds: ['A-1-1', 'A-1-1'] }, 'body.seatIds');
    refuses('a path for a seat', { eventId: 'e', seatIds: ['../../etc/passwd'] }, 'body.seatIds[0]');
    refuses('an operator for a seat', { eventId: 'e', seatIds: [{ $ne: null }] }, 'body.seatIds[0]');
    refuses('an event that is not there', { eventId: 'no-such-event', seatIds: ['A-1-1'] }, 'body.eventId', [404]);

    it('a key that is none', () =>
      expectRefused(
        booking as Route,
        ['', 'short', 'x'.repeat(129), 'with\ttabs-in-it'].map((key) => ({
          what: `Idempotency-Key ${key.slice(0, 20)}`,
          request: { headers: { 'idempotency-key': key } },
          field: 'header.Idempotency-Key',
        })),
      ));
  });

  it('has stored nothing of all that', async () => {
    expect(await countDocuments()).to.deep.equal(stored);
  });
});
