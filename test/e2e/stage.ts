// What end-to-end tests do as people do it: over HTTP, against the running system.
import type { Role } from '../../lib/auth/access-token.ts';
import type { BookingView } from '../../lib/contracts/booking.ts';
import type { InvoiceView } from '../../lib/contracts/invoice.ts';
import { newId } from '../../lib/ids.ts';
import { createAccessTokens } from '../../services/client-app/auth/access-tokens.ts';
import type { Session } from '../../services/client-app/models/sessions.ts';
import type { NewSeat } from '../../services/ticket-app/models/seat.ts';
import { system } from '../engines.ts';
import { someSeats } from '../factories/seats.ts';
import { someSession } from '../factories/sessions.ts';
import { waitUntil } from '../wait-until.ts';
import { databaseOf } from './databases.ts';

export interface Answer<Body = Record<string, unknown>> {
  status: number;
  body: Body;
}

interface Call {
  method?: string;
  token?: string | undefined;
  headers?: Record<string, string>;
  body?: unknown;
}

/** One HTTP call with JSON both ways. */
export async function call<Body = Record<string, unknown>>(url: string, given: Call = {}): Promise<Answer<Body>> {
  const answer = await fetch(url, {
    method: given.method ?? (given.body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(given.body !== undefined && { 'content-type': 'application/json' }),
      ...(given.token && { authorization: `Bearer ${given.token}` }),
      ...given.headers,
    },
    ...(given.body !== undefined && { body: typeof given.body === 'string' ? given.body : JSON.stringify(given.body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text.startsWith('{') ? JSON.parse(text) : { text }) as Body };
}

export interface Person {
  userId: string;
  token: string;
}

/** Longer than any test file takes. */
const tokenSeconds = 3_600;

/** Accounts straight into the database, and their tokens: registering hundreds would measure argon2. */
export async function people(count: number, role: Role = 'buyer'): Promise<Person[]> {
  const { connection, tokens } = {
    connection: await databaseOf('client-app'),
    tokens: await createAccessTokens(system().env.CLIENT_APP_JWT_PRIVATE_KEY ?? '', tokenSeconds),
  };
  const now = new Date();
  const users = Array.from({ length: count }, () => {
    const userId = newId();
    const email = `${userId}@example.com`;
    return {
      _id: userId,
      name: 'Sri Wahyuni',
      email,
      emailKey: email,
      role,
      version: 1,
      passwordVersion: 1,
      createdAt: now,
      updatedAt: now,
      deletedAt: null,
    };
  });
  await connection.collection<(typeof users)[number]>('users').insertMany(users);
  const sessions = users.map(({ _id }) => someSession(_id));
  await connection.collection<Session>('sessions').insertMany(sessions);
  return Promise.all(
    sessions.map(async ({ _id: sessionId, userId }) => ({
      userId,
      token: (await tokens.issue({ userId, role, sessionId })).accessToken,
    })),
  );
}

export async function person(role: Role = 'buyer'): Promise<Person> {
  const [one] = await people(1, role);
  if (!one) throw new Error('No account was made.');
  return one;
}

interface EventWish {
  seats?: number | NewSeat[];
  organizer?: 'x' | 'y';
  holdSeconds?: number;
  publish?: boolean;
  changes?: Record<string, unknown>;
}

const hours = (n: number) => new Date(Date.now() + n * 3_600_000).toISOString();
let admin: Promise<Person> | undefined;
export const theAdmin = (): Promise<Person> => {
  admin ??= person('admin');
  return admin;
};

/** A published event of its own, with its seats; made as an admin makes it. Returns its id. */
export async function anEvent(wish: EventWish = {}): Promise<string> {
  const { token } = await theAdmin();
  const ticketApp = system().urls.ticketApp;
  const eventId = `test-${newId()}`;
  const body = {
    eventId,
    title: 'Malam Gamelan',
    description: 'A test event.',
    venue: 'Teater Jakarta',
    city: 'Jakarta',
    organizerName: 'Karya Budaya',
    organizer: wish.organizer ?? 'x',
    organizerEventRef: `ref-${eventId}`,
    startsAt: hours(240),
    endsAt: hours(243),
    salesStartAt: hours(-1),
    salesEndAt: hours(239),
    ...(wish.holdSeconds !== undefined && { holdSeconds: wish.holdSeconds }),
    ...wish.changes,
  };
  const seats = Array.isArray(wish.seats) ? wish.seats : someSeats(wish.seats ?? 4);
  const steps: Array<[string, unknown]> = [
    ['/events', body],
    ...(seats.length === 0 ? [] : ([[`/events/${eventId}/seats`, { seats }]] as Array<[string, unknown]>)),
    ...(wish.publish === false ? [] : ([[`/events/${eventId}/publish`, {}]] as Array<[string, unknown]>)),
  ];
  for (const [path, stepBody] of steps) {
    const { status, body: answer } = await call(`${ticketApp}${path}`, { token, body: stepBody });
    if (status >= 300) throw new Error(`${path} answered ${status}: ${JSON.stringify(answer)}`);
  }
  return eventId;
}

export type BookingAnswer = Partial<BookingView> & {
  code?: string;
  field?: string;
  detail?: string;
  paymentUrl?: string;
  invoiceNumber?: string;
  booking?: BookingView;
};

export const book = (
  buyer: Person,
  eventId: string,
  seatIds: string[],
  key = newId(),
): Promise<Answer<BookingAnswer>> =>
  call(`${system().urls.clientApp}/bookings`, {
    token: buyer.token,
    headers: { 'idempotency-key': key },
    body: { eventId, seatIds },
  });

/** Books, and insists on it: on a busy machine, or just after an outage, the answer may be "not yet". */
export async function booked(buyer: Person, eventId: string, seatIds: string[]) {
  const key = newId();
  const { status, body } = await waitUntil('a booking', async () => {
    const answer = await book(buyer, eventId, seatIds, key);
    return answer.status !== 503 && answer;
  });
  const { bookingId } = body;
  if ((status !== 201 && status !== 202) || !bookingId) throw new Error(`${status}: ${JSON.stringify(body)}`);
  const booking = await untilStatus(buyer, bookingId, 'AWAITING_PAYMENT');
  if (!booking.invoice) throw new Error(`Booking ${bookingId} has no invoice.`);
  return { ...booking, ...booking.invoice };
}

/** Pays by the JSON call of the payment app; with a key, a repeat is the same try. */
export function pay(
  paymentUrl: string,
  method: string,
  more: Record<string, unknown> = {},
  key?: string,
): Promise<Answer> {
  const token = paymentUrl.split('/').at(-1);
  const headers = key === undefined ? {} : { 'idempotency-key': key };
  return call(`${system().urls.paymentApp}/payments/${token}`, { headers, body: { method, ...more } });
}

/** The booking as the buyer sees it. */
export const bookingOf = (buyer: Person, bookingId: string) =>
  call<BookingView & { reasonText?: string }>(`${system().urls.clientApp}/bookings/${bookingId}`, {
    token: buyer.token,
  });

export const untilStatus = (
  buyer: Person,
  bookingId: string,
  status: string,
  withinMs?: number,
): Promise<BookingView> =>
  waitUntil(
    `booking ${bookingId} to be ${status}`,
    async () => {
      const { body } = await bookingOf(buyer, bookingId);
      return body.status === status && body;
    },
    withinMs,
  );

/** The booking as ticket-app has it. */
export const atTicketApp = (bookingId: string) =>
  call<BookingView>(`${system().urls.ticketApp}/bookings/${bookingId}`, {
    token: system().env.TICKET_APP_SERVICE_SECRETS,
  });

export async function invoiceOf(bookingId: string): Promise<InvoiceView> {
  const { body } = await call<InvoiceView>(`${system().urls.paymentApp}/bookings/${bookingId}/invoice`, {
    token: system().env.PAYMENT_APP_SERVICE_SECRETS,
  });
  return body;
}

/** Status by seat, straight from the truth. */
export async function seatsOf(
  eventId: string,
): Promise<Record<string, { status: string; bookingId: string | undefined }>> {
  const seats = (await databaseOf('ticket-app')).collection('seats');
  const found = await seats.find({ eventId }).toArray();
  return Object.fromEntries(
    found.map((seat) => [seat.seatId, { status: seat.status, bookingId: seat.holder?.bookingId }]),
  );
}
