// How one person, or the admin, does the steps of a world: over HTTP, at the doors that people use.
import { setTimeout as delay } from 'node:timers/promises';
import type { BookingView } from '../../lib/contracts/booking.ts';
import { newId } from '../../lib/ids.ts';
import type { Acknowledged } from '../../scripts/audit/invariant.ts';
import { cancel, join, leave } from '../e2e/queue-stage.ts';
import { type Answer, book, call, type Person, pay, theAdmin } from '../e2e/stage.ts';
import { system } from '../engines.ts';
import type { Asked, Recorder } from './recorder.ts';
import type { Command, Step } from './world.ts';

const usualLookEveryMs = 60;
/** A process may have been killed: whoever gets no answer asks again, with the same key. */
const askAgainMs = 1_000;
const asks = 8;

export interface Place {
  eventId: string;
  seatIds: string[];
  recorder: Recorder;
  /** How often people look for what they wait for. */
  lookEveryMs?: number;
}

type Bill = Pick<BookingView, 'bookingId' | 'status' | 'version' | 'invoice' | 'expiresAt' | 'createdAt'>;

/** Somebody who acts in a world, one step after the other. */
export class Actor {
  readonly #name: string;
  readonly #person: Person;
  readonly #place: Place;
  #entryId: string | undefined;

  constructor(name: string, person: Person, place: Place) {
    this.#name = name;
    this.#person = person;
    this.#place = place;
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      await delay(step.pauseMs);
      await this.#do(step);
    }
  }

  async #do(command: Command): Promise<void> {
    switch (command.do) {
      case 'book':
        return this.#book(command.seats.map((n) => this.#seatId(n)));
      case 'join':
        return this.#join(this.#seatId(command.seat));
      case 'leave':
        return this.#leave();
      case 'pay':
        return this.#pay(command);
      case 'decline to the end':
        return this.#declineToTheEnd(command.lookForMs);
      case 'cancel':
        return this.#cancel();
      case 'close':
      case 'reopen':
        return this.#change(command.do, this.#seatId(command.seat));
      default:
        command satisfies never;
    }
  }

  #seatId(n: number): string {
    return this.#place.seatIds[n] ?? '';
  }

  async #askUntilAnswered<Body extends object>(asked: Asked, request: () => Promise<Answer<Body>>) {
    const ask = () => this.#place.recorder.ask(this.#name, asked, request);
    for (let n = 1; n < asks; n += 1) {
      const answer = await ask();
      if (answer && answer.status !== 503) return answer;
      await delay(askAgainMs);
    }
    return ask();
  }

  #acknowledge(told: Acknowledged): void {
    const { eventId, recorder } = this.#place;
    recorder.acknowledged.push({ eventId, ...told });
  }

  async #book(seatIds: string[]): Promise<void> {
    const { eventId } = this.#place;
    const key = newId();
    const answer = await this.#askUntilAnswered({ do: 'book', key, eventId, seatIds }, () =>
      book(this.#person, eventId, seatIds, key),
    );
    const id = answer?.body.bookingId;
    if (answer && answer.status < 300 && id) this.#acknowledge({ kind: 'booking', id });
  }

  async #join(seatId: string): Promise<void> {
    const { eventId } = this.#place;
    const key = newId();
    const answer = await this.#askUntilAnswered({ do: 'join', key, eventId, seatIds: [seatId] }, () =>
      join(this.#person, eventId, seatId, key),
    );
    const id = answer?.body.entryId;
    if (answer?.status !== 201 || !id) return;
    this.#entryId = id;
    this.#acknowledge({ kind: 'entry', id });
  }

  async #leave(): Promise<void> {
    const id = this.#entryId;
    if (id === undefined) return;
    const answer = await this.#askUntilAnswered({ do: 'leave', id }, () => leave(this.#person, id));
    const status = answer?.status === 200 && answer.body.status;
    if (status && !['WAITING', 'OFFERED'].includes(status)) this.#acknowledge({ kind: 'entry', id, status });
  }

  async #bookings(query = ''): Promise<Bill[]> {
    const url = `${system().urls.clientApp}/bookings?limit=20${query}`;
    const from = Date.now();
    const look = () => call<{ bookings?: Bill[] }>(url, { token: this.#person.token });
    const answer = await this.#place.recorder.ask(this.#name, { do: 'look' }, look);
    const bookings = answer?.body.bookings ?? [];
    for (const { bookingId, status, version } of bookings)
      this.#place.recorder.see({ from, to: Date.now(), who: this.#name, bookingId, status, version });
    return bookings;
  }

  /** The newest booking that waits for its payment. */
  async #bill(lookForMs: number): Promise<Bill | undefined> {
    const until = Date.now() + lookForMs;
    while (Date.now() < until) {
      const [bill] = await this.#bookings('&status=AWAITING_PAYMENT');
      if (bill?.invoice) return bill;
      await delay(this.#place.lookEveryMs ?? usualLookEveryMs);
    }
    return undefined;
  }

  async #payBill({ bookingId, invoice }: Bill, method: string, more: { delayMs?: number } = {}): Promise<void> {
    const key = newId();
    const answer = await this.#askUntilAnswered({ do: 'pay', key, id: bookingId, method, ...more }, () =>
      pay(invoice?.paymentUrl ?? '', method, more, key),
    );
    const attemptId = answer?.status === 202 && answer.body.attemptId;
    if (typeof attemptId === 'string') this.#acknowledge({ kind: 'payment', bookingId, attemptId });
  }

  async #pay({ lookForMs, method, beforeEndMs, delayMs }: Extract<Command, { do: 'pay' }>): Promise<void> {
    const bill = await this.#bill(lookForMs);
    if (!bill) return;
    if (beforeEndMs !== undefined && bill.expiresAt)
      await delay(Math.max(0, Date.parse(bill.expiresAt) - beforeEndMs - Date.now()));
    await this.#payBill(bill, method, delayMs === undefined ? {} : { delayMs });
  }

  async #declineToTheEnd(lookForMs: number): Promise<void> {
    const bill = await this.#bill(lookForMs);
    for (let n = 0; bill && n < 3; n += 1) {
      await this.#payBill(bill, 'test_slow_decline', { delayMs: 0 });
      await delay(150);
    }
  }

  async #cancel(): Promise<void> {
    const [newest] = await this.#bookings();
    if (!newest) return;
    const id = newest.bookingId;
    const answer = await this.#askUntilAnswered({ do: 'cancel', id }, () => cancel(this.#person, id));
    const status = answer?.status === 200 && answer.body.status;
    if (status === 'CANCELLED' || status === 'FAILED') this.#acknowledge({ kind: 'booking', id, status });
  }

  async #change(change: 'close' | 'reopen', seatId: string): Promise<void> {
    const { token } = await theAdmin();
    const url = `${system().urls.ticketApp}/events/${this.#place.eventId}/seats/${seatId}/${change}`;
    const body = change === 'close' ? { reason: 'The chair is broken.' } : {};
    await this.#askUntilAnswered({ do: change, seatIds: [seatId] }, () => call(url, { token, body }));
  }
}
