// Plays ticket-app's side of the booking contract for tests of client-app, faults included: a neighbour that is late,
// cut off or wrong on order. The true pair is tested in test/e2e.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BookingCall, BookingView } from '../lib/contracts/booking.ts';
import { bookingNumber } from '../lib/contracts/booking-number.ts';

/** What the stand-in does with a call: answers, cuts the connection, or never answers. */
export type Reaction = { status: number; body?: unknown } | 'cut' | 'silence';

export interface TicketingStandIn {
  url: string;
  secret: string;
  /** Every request, as `METHOD /path`, oldest first. */
  requests: string[];
  /** The bodies of POST /bookings, oldest first. */
  calls: BookingCall[];
  onBook: (call: BookingCall) => Reaction | Promise<Reaction>;
  onCancel: (bookingId: string, body: { reason: string }) => Reaction;
  /** What GET /bookings/:id tells; the others are 404 `booking_not_found`. */
  bookings: Map<string, BookingView>;
  pdfs: Map<string, Buffer>;
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
  const { status, body } = reaction;
  if (Buffer.isBuffer(body)) {
    response.writeHead(status, { 'content-type': 'application/pdf' }).end(body);
    return;
  }
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}

/** Listens on a free port. */
export async function startTicketingStandIn(secret = 'secret-of-ticket-app'): Promise<TicketingStandIn> {
  async function reactionTo(request: IncomingMessage): Promise<Reaction> {
    const path = request.url ?? '';
    standIn.requests.push(`${request.method} ${path}`);
    const body = await bodyOf(request);
    if (path === '/healthz') return standIn.fault ?? { status: 200, body: { status: 'alive' } };
    if (request.headers.authorization !== `Bearer ${standIn.secret}`) return problem(401, 'unauthenticated');
    if (standIn.fault) return standIn.fault;
    if (request.method === 'POST' && path === '/bookings') {
      standIn.calls.push(body as BookingCall);
      return standIn.onBook(body as BookingCall);
    }
    const [, bookingId = '', rest = ''] = /^\/bookings\/([^/]+)(.*)$/.exec(path) ?? [];
    if (rest === '/cancel') return standIn.onCancel(bookingId, body as { reason: string });
    const pdf = standIn.pdfs.get(bookingId);
    if (rest === '/ticket.pdf') return pdf ? { status: 200, body: pdf } : problem(404, 'ticket_not_found');
    const booking = standIn.bookings.get(bookingId);
    if (bookingId) return booking ? { status: 200, body: booking } : problem(404, 'booking_not_found');
    return standIn.pages.get(path) ?? problem(404, 'route_not_found');
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
    calls: [],
    onBook: (call) => ({ status: 201, body: bookingView(call) }),
    onCancel: () => problem(404, 'booking_not_found'),
    bookings: new Map(),
    pdfs: new Map(),
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
