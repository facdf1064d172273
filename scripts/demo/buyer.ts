import { newId } from '../../lib/ids.ts';
import * as answers from './answers.ts';
import { type Answer, expectStatus, read, send } from './http.ts';
import { mustEqual } from './must.ts';
import { SignIn } from './sign-in.ts';
import { until } from './until.ts';

const ENDED: ReadonlySet<string> = new Set(['CONFIRMED', 'CANCELLED', 'FAILED'] satisfies Array<
  answers.Booking['status']
>);

/** A person in front of the Client App. */
export class Buyer {
  readonly name: string;
  readonly email: string;
  readonly #clientApp: string;
  readonly #password: string;
  #signedIn: SignIn | undefined;

  constructor(clientApp: string, person: { name: string; email: string; password?: string }) {
    this.#clientApp = clientApp;
    this.name = person.name;
    this.email = person.email;
    this.#password = person.password ?? newId();
  }

  async register(): Promise<{ userId: string }> {
    const body = { name: this.name, email: this.email, password: this.#password };
    return read(await this.#post('/users', body), 201, answers.user);
  }

  async signIn(): Promise<void> {
    this.#signedIn = new SignIn(this.#clientApp, { email: this.email, password: this.#password });
    await this.#signedIn.token();
  }

  async whoAmI(): Promise<{ userId: string; name: string; email: string }> {
    return read(await this.#get('/users/me'), 200, answers.user);
  }

  /** The answer to the booking call itself, whatever it is. */
  async askFor(eventId: string, seatIds: readonly string[]): Promise<Answer> {
    return this.#post('/bookings', { eventId, seatIds }, { 'idempotency-key': newId() });
  }

  /**
   * Books seats and returns the booking once it can be paid. An organizer's bad minute may outlast the Client App's
   * patience; then the call answers 202, and the booking tells the rest.
   */
  async book(eventId: string, seatIds: readonly string[]): Promise<PayableBooking> {
    const answer = await this.askFor(eventId, seatIds);
    const first = read(answer, [201, 202], answers.bookingAnswer);
    const booking = answer.status === 201 ? first : await this.untilStatus(first.bookingId, 'AWAITING_PAYMENT', 60_000);
    const invoice = booking.invoice;
    if (booking.status !== 'AWAITING_PAYMENT' || !invoice || !booking.expiresAt) {
      throw new Error(`booking ${booking.bookingNumber} cannot be paid: it is ${booking.status}`);
    }
    return { ...booking, invoice, expiresAt: booking.expiresAt, answeredWith: answer.status, answer: first };
  }

  async booking(bookingId: string): Promise<answers.Booking> {
    return read(await this.#get(`/bookings/${bookingId}`), 200, answers.booking);
  }

  /** @throws at once when the booking has ended in another way. */
  async untilStatus(
    bookingId: string,
    status: answers.Booking['status'],
    timeoutMs = 30_000,
  ): Promise<answers.Booking> {
    const booking = await until({
      what: `booking ${bookingId} is ${status}`,
      look: () => this.booking(bookingId),
      holds: (seen) => seen.status === status || ENDED.has(seen.status),
      timeoutMs,
    });
    mustEqual(
      `the status of booking ${booking.bookingNumber} (${booking.reason ?? 'no reason'})`,
      booking.status,
      status,
    );
    return booking;
  }

  /** Once the money of a cancelled booking is back. */
  async untilRefunded(bookingId: string): Promise<answers.Booking> {
    return until({
      what: `the money of booking ${bookingId} is back`,
      look: () => this.booking(bookingId),
      holds: ({ refund }) => refund?.status === 'succeeded',
    });
  }

  /** The answer to the call for a ticket, whatever it is. */
  askForTicket(bookingId: string): Promise<Answer> {
    return this.#get(`/bookings/${bookingId}/ticket.pdf`);
  }

  async cancel(bookingId: string): Promise<answers.Booking> {
    return read(await this.#post(`/bookings/${bookingId}/cancel`, {}), [200, 202], answers.booking);
  }

  /** The ticket of a confirmed booking, once it has arrived at the Client App. */
  async ticket(bookingId: string): Promise<{ booking: answers.Booking; answer: Answer }> {
    const booking = await until({
      what: `the ticket of booking ${bookingId} has arrived`,
      look: () => this.booking(bookingId),
      holds: ({ ticket }) => ticket !== undefined,
    });
    const answer = await this.#get(booking.ticket?.url ?? '');
    expectStatus(answer, 200);
    return { booking, answer };
  }

  /** Queues for a seat that is taken (W1). */
  async queueFor(eventId: string, seatId: string): Promise<answers.Entry> {
    const answer = await this.#post('/waitlist-entries', { eventId, seatId }, { 'idempotency-key': newId() });
    const { entryId } = read(answer, [201, 202], answers.entry);
    return this.untilEntryIs(entryId, 'WAITING');
  }

  async entry(entryId: string): Promise<answers.Entry> {
    return read(await this.#get(`/waitlist-entries/${entryId}`), 200, answers.entry);
  }

  /** The places that this person has or had in queues. */
  async entries(): Promise<Array<{ eventId: string; seatId: string }>> {
    return read(await this.#get('/waitlist-entries?limit=100'), 200, answers.entryPage).entries;
  }

  async untilEntryIs(entryId: string, status: answers.Entry['status']): Promise<answers.Entry> {
    return until({
      what: `${this.name}'s place in the queue is ${status}`,
      look: () => this.entry(entryId),
      holds: (seen) => seen.status === status,
    });
  }

  async leaveQueue(entryId: string): Promise<answers.Entry> {
    return read(await this.#post(`/waitlist-entries/${entryId}/leave`, {}), 200, answers.entry);
  }

  /**
   * The booking by which a seat is offered, once the Client App has been told where to pay and until when. The list of
   * bookings shows what has arrived there, and asks nobody.
   */
  async untilOffered(seatId: string): Promise<Offer> {
    const bookings = await until({
      what: `${this.name} has been told of the offer of seat ${seatId}`,
      look: () => this.history(),
      holds: (seen) => seen.some((booking) => offerOf(booking, seatId) !== undefined),
      timeoutMs: 60_000,
      lookEveryMs: 20,
    });
    const [offer] = bookings.flatMap((booking) => offerOf(booking, seatId) ?? []);
    if (!offer) throw new Error(`${this.name} has no offer of seat ${seatId}`);
    return offer;
  }

  async history(): Promise<answers.Booking[]> {
    return read(await this.#get('/bookings?limit=100'), 200, answers.bookingPage).bookings;
  }

  async #get(path: string): Promise<Answer> {
    return send({ method: 'GET', url: `${this.#clientApp}${path}`, token: await this.#signedIn?.token() });
  }

  async #post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const token = await this.#signedIn?.token();
    return send({ method: 'POST', url: `${this.#clientApp}${path}`, token, headers, body });
  }
}

/** A booking of this seat that could be paid; on a slow machine a short offer may be over when it is first seen. */
function offerOf(booking: answers.Booking, seatId: string): Offer | undefined {
  const { seatIds, invoice, expiresAt } = booking;
  if (!seatIds.includes(seatId) || !invoice || !expiresAt) return undefined;
  return { ...booking, invoice, expiresAt };
}

/** A seat that came back, as a booking of whoever was the first in its queue. */
export interface Offer extends answers.Booking {
  invoice: NonNullable<answers.Booking['invoice']>;
  expiresAt: string;
}

export interface PayableBooking extends Offer {
  /** 201, or 202 when holding took longer than the Client App's patience. */
  answeredWith: number;
  answer: { invoiceNumber?: string; paymentUrl?: string };
}
