// How one person, or the admin, does the steps of a world: over HTTP, at the doors that people use.
import { setTimeout as delay } from 'node:timers/promises';
import type { BookingView } from '../../lib/contracts/booking.ts';
import { newId } from '../../lib/ids.ts';
import { cancel, join, leave } from '../e2e/queue-stage.ts';
import { type Answer, book, call, type Person, pay, theAdmin } from '../e2e/stage.ts';
import { system } from '../engines.ts';
import type { Recorder } from './recorder.ts';
import type { Command, Step } from './world.ts';

const lookEveryMs = 60;
/** A process may have been killed: whoever gets no answer asks again, with the same key. */
const askAgainMs = 1_000;
const asks = 8;

export interface Place {
  eventId: string;
  seatIds: string[];
  recorder: Recorder;
}

type Bill = Pick<BookingView, 'bookingId' | 'invoice' | 'expiresAt' | 'createdAt'>;

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

  #ask<Body extends object>(what: string, request: () => Promise<Answer<Body>>) {
    return this.#place.recorder.ask(this.#name, what, request);
  }

  async #askUntilAnswered<Body extends object>(what: string, request: () => Promise<Answer<Body>>) {
    for (let n = 1; n < asks; n += 1) {
      const answer = await this.#ask(what, request);
      if (answer && answer.status !== 503) return answer;
      await delay(askAgainMs);
    }
    return this.#ask(what, request);
  }

  async #book(seatIds: string[]): Promise<void> {
    const key = newId();
    const answer = await this.#askUntilAnswered(`book ${seatIds.join(' ')}`, () =>
      book(this.#person, this.#place.eventId, seatIds, key),
    );
    const id = answer?.body.bookingId;
    if (answer && answer.status < 300 && id) this.#place.recorder.acknowledged.push({ kind: 'booking', id });
  }

  async #join(seatId: string): Promise<void> {
    const key = newId();
    const answer = await this.#askUntilAnswered(`join ${seatId}`, () =>
      join(this.#person, this.#place.eventId, seatId, key),
    );
    const id = answer?.body.entryId;
    if (answer?.status !== 201 || !id) return;
    this.#entryId = id;
    this.#place.recorder.acknowledged.push({ kind: 'entry', id });
  }

  async #leave(): Promise<void> {
    const id = this.#entryId;
    if (id === undefined) return;
    const answer = await this.#askUntilAnswered(`leave ${id}`, () => leave(this.#person, id));
    const status = answer?.status === 200 && answer.body.status;
    if (status && !['WAITING', 'OFFERED'].includes(status))
      this.#place.recorder.acknowledged.push({ kind: 'entry', id, status });
  }

  async #bookings(query = ''): Promise<Bill[]> {
    const url = `${system().urls.clientApp}/bookings?limit=20${query}`;
    const answer = await call<{ bookings?: Bill[] }>(url, { token: this.#person.token }).catch(() => undefined);
    return answer?.body.bookings ?? [];
  }

  /** The newest booking that waits for its payment. */
  async #bill(lookForMs: number): Promise<Bill | undefined> {
    const until = Date.now() + lookForMs;
    while (Date.now() < until) {
      const [bill] = await this.#bookings('&status=AWAITING_PAYMENT');
      if (bill?.invoice) return bill;
      await delay(lookEveryMs);
    }
    return undefined;
  }

  async #payBill({ bookingId, invoice }: Bill, method: string, more: { delayMs?: number } = {}): Promise<void> {
    const what = `pay ${bookingId} by ${method} ${JSON.stringify(more)}`;
    const answer = await this.#ask(what, () => pay(invoice?.paymentUrl ?? '', method, more));
    const attemptId = answer?.status === 202 && answer.body.attemptId;
    if (typeof attemptId === 'string')
      this.#place.recorder.acknowledged.push({ kind: 'payment', bookingId, attemptId });
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
    const answer = await this.#askUntilAnswered(`cancel ${id}`, () => cancel(this.#person, id));
    const status = answer?.status === 200 && answer.body.status;
    if (status === 'CANCELLED' || status === 'FAILED')
      this.#place.recorder.acknowledged.push({ kind: 'booking', id, status });
  }

  async #change(change: 'close' | 'reopen', seatId: string): Promise<void> {
    const { token } = await theAdmin();
    const url = `${system().urls.ticketApp}/events/${this.#place.eventId}/seats/${seatId}/${change}`;
    const body = change === 'close' ? { reason: 'The chair is broken.' } : {};
    await this.#askUntilAnswered(`${change} ${seatId}`, () => call(url, { token, body }));
  }
}
