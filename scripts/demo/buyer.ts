import { newId } from '../../lib/ids.ts';
import * as answers from './answers.ts';
import { type Answer, expectStatus, read, send } from './http.ts';
import { mustEqual } from './must.ts';
import { until } from './until.ts';

const ENDED: ReadonlySet<string> = new Set(['CONFIRMED', 'CANCELLED', 'FAILED'] satisfies Array<
  answers.Booking['status']
>);

/** A person in front of the Client App. */
export class Buyer {
  readonly name: string;
  readonly email: string;
  readonly #clientApp: string;
  readonly #password = newId();
  #token: string | undefined;

  constructor(clientApp: string, person: { name: string; email: string }) {
    this.#clientApp = clientApp;
    this.name = person.name;
    this.email = person.email;
  }

  async register(): Promise<{ userId: string }> {
    const body = { name: this.name, email: this.email, password: this.#password };
    return read(await this.#post('/users', body), 201, answers.user);
  }

  async signIn(): Promise<void> {
    const answer = await this.#post('/sessions', { email: this.email, password: this.#password });
    this.#token = read(answer, 201, answers.session).accessToken;
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

  async history(): Promise<answers.Booking[]> {
    return read(await this.#get('/bookings?limit=100'), 200, answers.bookingPage).bookings;
  }

  #get(path: string): Promise<Answer> {
    return send({ method: 'GET', url: `${this.#clientApp}${path}`, token: this.#token });
  }

  #post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return send({ method: 'POST', url: `${this.#clientApp}${path}`, token: this.#token, headers, body });
  }
}

export interface PayableBooking extends answers.Booking {
  invoice: NonNullable<answers.Booking['invoice']>;
  expiresAt: string;
  /** 201, or 202 when holding took longer than the Client App's patience. */
  answeredWith: number;
  answer: { invoiceNumber?: string; paymentUrl?: string };
}
