// Every route that takes input, with input that would be good: bad-input.test.ts spoils it, one thing at a time.
import { signForY } from '../../activities/organizers/y-signature.ts';
import { newId } from '../../lib/ids.ts';
import { signWebhook } from '../../lib/webhooks/signature.ts';
import { system } from '../engines.ts';
import { someEvent } from '../factories/events.ts';
import { invoiceOrder } from '../support/payment-app.ts';
import { person as newPerson, type Person, theAdmin } from './stage.ts';

export type App = 'clientApp' | 'ticketApp' | 'paymentApp' | 'organizerX' | 'organizerY';
/** `anyone`: no credential. `signed`: by the secret that the two sides of a webhook, or of Y, share. */
export type As = 'anyone' | 'buyer' | 'admin' | 'service' | 'signed';

export interface Route {
  app: App;
  as: As;
  method: string;
  /** A name with a colon is a parameter. */
  path: string;
  /** Parameters of the query, with values that are wrong. */
  query?: Record<string, string[]>;
  body?: Record<string, unknown>;
  /** Fields of the body of which some wrong value is a good one (null, an empty list, any text): not looked at here. */
  lenient?: string[];
  /** What else refuses well: any text may be a password, only not the right one, or of nobody. */
  also?: number;
}

const limit = ['abc', '-1', '0', '1.5', '1e308', '', '%00'];
/** Not ours; of a time that does not exist; with an operator in it. */
const cursor = [
  'abc',
  '%00',
  Buffer.from('[9007199254740991,"x"]').toString('base64url'),
  Buffer.from('[1,{"$ne":null}]').toString('base64url'),
];
const id = ['%7B%22$ne%22:null%7D', '..%2F..', '%00', 'x'.repeat(300), ''];
const word = ['SOLD', '%7B%22$ne%22:null%7D', '', '%00'];
const instant = ['tomorrow', '2026-13-01T00:00:00Z', '2026-12-31T23:59:60Z', '1', '%00'];
const price = ['-1', '1.5', '1e308', 'cheap', '', '%00'];
const eventQuery = {
  limit,
  cursor,
  status: word,
  sort: word,
  from: instant,
  to: instant,
  q: ['', '%00'],
  minPrice: price,
  maxPrice: price,
  ownerId: id,
  onSale: ['false', 'perhaps', ''],
};
const at = '2026-12-01T00:00:00.000Z';
const money = { amount: 1, currency: 'IDR' };
const names = { eventId: 'e', seatIds: ['A-1-1'] };
const person = { email: 'ratna@example.com', password: 'sepuluh-huruf' };
const event = { ...someEvent(), doorsAt: at, cancellableUntil: at, holdSeconds: 60, offerSeconds: 60 };
const told = { bookingId: 'b', customerId: 'c', version: 9, status: 'CONFIRMED', timeline: [], createdAt: at };
const notification = { type: 'booking.confirmed', bookingNumber: 'KRS-1', ...names, ...told };
const place = {
  type: 'waitlist.offered',
  entryId: 'e',
  customerId: 'c',
  eventId: 'e',
  seatId: 'A-1-1',
  version: 9,
  status: 'OFFERED',
  history: [],
  joinedAt: at,
};
const payment = {
  type: 'payment.paid',
  invoiceNumber: 'INV-1',
  bookingId: 'b',
  workflowId: 'booking/b',
  attemptId: 'a',
};
const seat = { section: 'A', row: '1', number: '1', category: 'VIP', price: money };
const call = { bookingId: 'b', customerId: 'c', customerName: 'Ratna', ...names, startBefore: at };

const route =
  (app: App) =>
  (as: As, line: string, more: Pick<Route, 'query' | 'body' | 'lenient' | 'also'> = {}): Route => {
    const [method = '', path = ''] = line.split(' ');
    return { app, as, method, path, ...more };
  };
const client = route('clientApp');
const ticket = route('ticketApp');
const payments = route('paymentApp');
const x = route('organizerX');
const y = route('organizerY');

export const routes: Route[] = [
  client('anyone', 'POST /users', { body: { ...person, name: 'Ratna' } }),
  client('anyone', 'POST /sessions', { body: person, also: 401 }),
  client('admin', 'GET /users', { query: { limit, cursor } }),
  client('buyer', 'GET /users/:userId'),
  client('buyer', 'PATCH /users/:userId', {
    body: { ...person, name: 'Ratna', currentPassword: 'old', role: 'buyer' },
    also: 404,
  }),
  client('buyer', 'DELETE /users/:userId'),
  client('anyone', 'GET /events', { query: eventQuery }),
  client('anyone', 'GET /events/:eventId'),
  client('anyone', 'GET /events/:eventId/seats', { query: { limit, status: word, section: ['%00'] } }),
  client('buyer', 'POST /bookings', { body: names }),
  client('buyer', 'GET /bookings', {
    query: { limit, cursor, status: word, sort: word, eventId: id, customerId: id },
  }),
  client('buyer', 'GET /bookings/:bookingId'),
  client('admin', 'POST /bookings/:bookingId/cancel', { body: { reason: 'The hall has no power.' } }),
  client('buyer', 'GET /bookings/:bookingId/ticket.pdf'),
  client('buyer', 'POST /waitlist-entries', { body: { eventId: 'e', seatId: 'A-1-1' } }),
  client('buyer', 'GET /waitlist-entries', {
    query: { limit, cursor, status: word, active: ['perhaps', '', '%00', '-1'], customerId: id },
  }),
  client('buyer', 'GET /waitlist-entries/:entryId'),
  client('buyer', 'POST /waitlist-entries/:entryId/leave', { body: {} }),
  client('signed', 'POST /webhooks/ticketing', { body: place, lenient: ['history'] }),
  client('signed', 'POST /webhooks/ticketing', {
    body: notification,
    lenient: ['bookingNumber', 'seatIds', 'timeline'],
  }),
  ticket('admin', 'GET /events', { query: eventQuery }),
  ticket('admin', 'POST /events', { body: { ...event, eventId: 'never' } }),
  ticket('admin', 'GET /events/:eventId'),
  ticket('admin', 'PATCH /events/:eventId', {
    body: event,
    lenient: ['doorsAt', 'cancellableUntil', 'holdSeconds', 'offerSeconds'],
  }),
  ticket('admin', 'DELETE /events/:eventId'),
  ticket('admin', 'POST /events/:eventId/publish'),
  ticket('admin', 'POST /events/:eventId/end'),
  ticket('admin', 'POST /events/:eventId/cancel', { body: { reason: 'The hall has no power.' } }),
  ticket('admin', 'GET /events/:eventId/seats', { query: { limit, status: word, cursor: id } }),
  ticket('admin', 'POST /events/:eventId/seats', { body: { seats: [{ seatId: 'A-1-1', ...seat }] } }),
  ticket('admin', 'GET /events/:eventId/seats/:seatId'),
  ticket('admin', 'PATCH /events/:eventId/seats/:seatId', { body: seat }),
  ticket('admin', 'DELETE /events/:eventId/seats/:seatId'),
  ticket('admin', 'POST /events/:eventId/seats/:seatId/close', { body: { reason: 'broken' } }),
  ticket('admin', 'POST /events/:eventId/seats/:seatId/reopen'),
  ticket('admin', 'GET /events/:eventId/bookings', { query: { limit, status: word, sort: word } }),
  ticket('service', 'POST /bookings', { body: call }),
  ticket('service', 'GET /bookings/:bookingId'),
  ticket('service', 'POST /bookings/:bookingId/cancel', {
    body: { reason: 'cancelled_by_customer', note: 'No power.' },
  }),
  ticket('service', 'GET /bookings/:bookingId/ticket.pdf'),
  ticket('admin', 'POST /tickets/check-in', { body: { token: 'the text of a code', eventId: 'e' } }),
  ticket('admin', 'GET /events/:eventId/revoked-tickets', { query: { since: instant } }),
  ticket('signed', 'POST /webhooks/payments', {
    body: { ...payment, invoiceStatus: 'PAID', triesLeft: 2, ...money, at },
    lenient: ['invoiceNumber', 'attemptId'],
  }),
  payments('service', 'POST /invoices', { body: { ...invoiceOrder({ bookingId: 'never' }) }, lenient: ['lines'] }),
  payments('service', 'GET /invoices', { query: { bookingId: id } }),
  payments('service', 'GET /invoices/:invoiceNumber'),
  payments('service', 'GET /bookings/:bookingId/invoice'),
  payments('service', 'POST /bookings/:bookingId/void'),
  payments('service', 'POST /refunds', { body: { refundId: 'r', bookingId: 'b', workflowId: 'w', reason: 'r' } }),
  payments('anyone', 'GET /payments/:token'),
  payments('anyone', 'POST /payments/:token', { body: { method: 'test_slow_success', delayMs: 5 } }),
  payments('service', 'GET /webhook-deliveries', { query: { limit, cursor, status: word, bookingId: id } }),
  payments('service', 'POST /webhook-deliveries/:webhookId/replay'),
  x('service', 'POST /api/v1/holds', { body: { reference: 'never', event: 'e', seats: ['A-1-1'] } }),
  x('service', 'GET /api/v1/holds', { query: { limit, cursor, state: word } }),
  x('service', 'GET /api/v1/holds/:reference'),
  x('service', 'DELETE /api/v1/holds/:reference'),
  y('signed', 'PUT /allotments/:ref', { body: { performance: 'e', places: ['A-1-1'] } }),
  y('signed', 'GET /allotments', { query: { max: limit, after: cursor, status: word } }),
  y('signed', 'GET /allotments/:ref'),
  y('signed', 'POST /allotments/:ref/free'),
];

export interface Callers {
  buyer: Person;
  admin: Person;
}
export const callers = async (): Promise<Callers> => ({ buyer: await newPerson(), admin: await theAdmin() });

/** The headers by which this route lets the request in. */
export function credentials(route: Route, given: { path: string; body: string | Buffer }, { buyer, admin }: Callers) {
  const { env } = system();
  const first = (name: string) => (env[name] ?? '').split(',')[0] ?? '';
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  switch (route.as) {
    case 'anyone':
      return {};
    case 'buyer':
      return { ...bearer(buyer.token), 'idempotency-key': newId() };
    case 'admin':
      return { ...bearer(admin.token), 'idempotency-key': newId() };
    case 'service':
      if (route.app === 'organizerX') return { 'x-api-key': first('ORGANIZER_X_API_KEY') };
      return bearer(first(route.app === 'ticketApp' ? 'TICKET_APP_SERVICE_SECRETS' : 'PAYMENT_APP_SERVICE_SECRETS'));
    case 'signed': {
      const body = given.body.toString();
      const keyOfY = { keyId: first('ORGANIZER_Y_KEY_ID'), secret: first('ORGANIZER_Y_SECRET') };
      if (route.app === 'organizerY') return signForY(keyOfY, { method: route.method, path: given.path, body });
      const secret = route.app === 'clientApp' ? 'TICKETING_WEBHOOK_SECRETS' : 'PAYMENT_WEBHOOK_SECRETS';
      return signWebhook(first(secret), newId(), body);
    }
  }
}
