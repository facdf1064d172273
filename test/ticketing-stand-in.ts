// Plays ticket-app's side of the contracts of bookings and of the waitlist for tests of client-app, faults included: a neighbour that is late,
// cut off or wrong on order. The true pair is tested in test/e2e.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BookingCall, BookingView } from '../lib/contracts/booking.ts';
import { bookingNumber } from '../lib/contracts/booking-number.ts';
import type { JoinWaitlist, WaitlistEntryView } from '../lib/contracts/waitlist.ts';

/** What the stand-in does with a call: answers, cuts the connection, or never answers. */
export type Reaction = { status: number; body?: unknown; headers?: Record<string, string> } | 'cut' | 'silence';

export interface TicketingStandIn {
  url: string;
  secret: string;
  /** Every request, as `METHOD /path`, oldest first. */
  requests: string[];
  /** The headers of each. */
  asked: IncomingHttpHeaders[];
  /** The bodies of POST /bookings, oldest first. */
  calls: BookingCall[];
  onBook: (call: BookingCall) => Reaction | Promise<Reaction>;
  onCancel: (bookingId: string, body: { reason: string; note?: string }) => Reaction;
  /** What GET /bookings/:id tells; the others are 404 `booking_not_found`. */
  bookings: Map<string, BookingView>;
  pdfs: Map<string, Buffer>;
  /** The bodies of POST /waitlist-entries, oldest first. */
  joins: JoinWaitlist[];
  onJoin: (call: JoinWaitlist) => Reaction | Promise<Reaction>;
  onLeave: (entryId: string) => Reaction;
  /** What GET /waitlist-entries/:id and the list of a person's active entries tell; the others are 404. */
  entries: Map<string, WaitlistEntryView>;
  /** Answers of the other paths, by path with its query. */
  pages: Map<string, Reaction>;
  /** While set, everything is answered like this. */
  fault: Reaction | undefined;
  close(): Promise<void>;
}

export const problem = (status: number, code: string, members: Record<string, unknown> = {}): Reaction => ({
  status,
  body: { type: `urn:kursi:problem:${code}`, title: 'x', status, code, detail: `It is ${code}.`, ...members },
});

/** A booking as ticket-app would tell it: awaiting payment, unless said otherwise. */
export function bookingView(
  call: Pick<BookingCall, 'bookingId' | 'customerId' | 'eventId' | 'seatIds'>,
  told: Partial<BookingView> = {},
): BookingView {
  const at = new Date().toISOString();
  const { bookingId, customerId, eventId, seatIds } = call;
  return {
    bookingId,
    bookingNumber: bookingNumber(bookingId),
    customerId,
    eventId,
    seatIds,
    version: 2,
    status: 'AWAITING_PAYMENT',
    event: { title: 'Konser', venue: 'Istora Senayan', city: 'Jakarta', startsAt: '2031-01-01T12:00:00.000Z' },
    seats: seatIds.map((seatId) => ({
      seatId,
      section: 'A',
      row: '1',
      number: '1',
      category: 'VIP',
      price: { amount: 250_000, currency: 'IDR' },
    })),
    invoice: {
      invoiceNumber: 'INV-1',
      paymentUrl: 'http://pay.example/INV-1',
      amount: 250_000 * seatIds.length,
      currency: 'IDR',
    },
    expiresAt: new Date(Date.now() + 900_000).toISOString(),
    timeline: [{ at, step: 'held', text: 'The seats are held.' }],
    createdAt: at,
    ...told,
  };
}

/** A place in a queue as ticket-app would tell it: the 2nd, waiting, unless said otherwise. */
export function entryView(
  call: Pick<JoinWaitlist, 'entryId' | 'customerId' | 'eventId' | 'seatId'>,
  told: Partial<WaitlistEntryView> = {},
): WaitlistEntryView {
  const at = new Date().toISOString();
  const { entryId, customerId, eventId, seatId } = call;
  return {
    ...{ entryId, customerId, eventId, seatId },
    version: 1,
    status: 'WAITING',
    position: 2,
    history: [{ at, step: 'joined', text: 'You joined the queue as 2nd.', position: 2 }],
    joinedAt: at,
    ...told,
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
}

function react(response: ServerResponse, reaction: Reaction): void {
  if (reaction === 'silence') return;
  if (reaction === 'cut') {
    response.destroy();
    return;
  }
  const { status, body, headers } = reaction;
  if (Buffer.isBuffer(body)) {
    response.writeHead(status, { 'content-type': 'application/pdf' }).end(body);
    return;
  }
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body));
}

/** Listens on a free port. */
export async function startTicketingStandIn(secret = 'secret-of-ticket-app'): Promise<TicketingStandIn> {
  async function reactionTo(request: IncomingMessage): Promise<Reaction> {
    const path = request.url ?? '';
    standIn.requests.push(`${request.method} ${path}`);
    standIn.asked.push(request.headers);
    const body = await bodyOf(request);
    if (path === '/healthz') return standIn.fault ?? { status: 200, body: { status: 'alive' } };
    if (request.headers.authorization !== `Bearer ${standIn.secret}`) return problem(401, 'unauthenticated');
    if (standIn.fault) return standIn.fault;
    if (request.method === 'POST' && path === '/bookings') {
      standIn.calls.push(body as BookingCall);
      return standIn.onBook(body as BookingCall);
    }
    if (path.startsWith('/waitlist-entries')) return reactionOfWaitlist(request, path, body);
    const [, bookingId = '', rest = ''] = /^\/bookings\/([^/]+)(.*)$/.exec(path) ?? [];
    if (rest === '/cancel') return standIn.onCancel(bookingId, body as { reason: string });
    const pdf = standIn.pdfs.get(bookingId);
    if (rest === '/ticket.pdf') return pdf ? { status: 200, body: pdf } : problem(404, 'ticket_not_found');
    const booking = standIn.bookings.get(bookingId);
    if (bookingId) return booking ? { status: 200, body: booking } : problem(404, 'booking_not_found');
    return standIn.pages.get(path) ?? problem(404, 'route_not_found');
  }

  function reactionOfWaitlist(request: IncomingMessage, path: string, body: unknown): Reaction | Promise<Reaction> {
    const { pathname, searchParams } = new URL(path, 'http://ticket-app');
    const [, , entryId = '', rest] = pathname.split('/');
    if (request.method === 'POST' && entryId === '') {
      standIn.joins.push(body as JoinWaitlist);
      return standIn.onJoin(body as JoinWaitlist);
    }
    if (rest === 'leave') return standIn.onLeave(entryId);
    if (entryId === '') {
      const customerId = searchParams.get('customerId');
      const mine = [...standIn.entries.values()].filter((entry) => entry.customerId === customerId);
      const active = mine.filter(({ status }) => status === 'WAITING' || status === 'OFFERED');
      return { status: 200, body: { entries: active.map((entry) => ({ ...entry, history: [] })) } };
    }
    const entry = standIn.entries.get(entryId);
    return entry ? { status: 200, body: entry } : problem(404, 'waitlist_entry_not_found');
  }

  const server = createServer((request, response) => {
    reactionTo(request).then(
      (reaction) => react(response, reaction),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: TicketingStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secret,
    requests: [],
    asked: [],
    calls: [],
    onBook: (call) => ({ status: 201, body: bookingView(call) }),
    onCancel: () => problem(404, 'booking_not_found'),
    bookings: new Map(),
    pdfs: new Map(),
    joins: [],
    onJoin: (call) => {
      const entry = standIn.entries.get(call.entryId) ?? entryView(call);
      standIn.entries.set(call.entryId, entry);
      return { status: 201, body: entry };
    },
    onLeave: () => problem(404, 'waitlist_entry_not_found'),
    entries: new Map(),
    pages: new Map(),
    fault: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return standIn;
}
