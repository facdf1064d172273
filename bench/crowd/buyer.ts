import { setTimeout as delay } from 'node:timers/promises';
import { type BookingReason, statusOfReason } from '../../lib/contracts/booking.ts';
import { newId } from '../../lib/ids.ts';
import type { BuyerStory, Crowd, CrowdResult } from './crowd.ts';

interface Given {
  crowd: Crowd;
  token: string;
  random: () => number;
  /** Where the latencies of all are noted. */
  told: Omit<CrowdResult, 'stories'>;
  startedAt: number;
}

interface Answer {
  status: number;
  body: {
    code?: string;
    bookingId?: string;
    paymentUrl?: string;
    status?: string;
    reason?: string;
    invoice?: { paymentUrl: string };
    /** Of one that has ended: whoever repeats the call is told the same for ever. */
    booking?: { reason?: string };
  };
}

/** Three times client-app's patience: whoever has not answered by then does not. */
const CALL_TIMEOUT_MS = 30_000;
/** A map may be a second old; sooner it says nothing new. */
const LOOK_AGAIN_MS = 1_000;
/** Two buyers who were told the same second are not to come back in the same millisecond. */
const JITTER_MS = 500;

/** Buys one seat, whichever: at first any of the hall, then any that the map shows open, until all are sold. */
export class Buyer {
  readonly #given: Given;
  #turnedAway = 0;
  #tries = 0;
  #outOfTime = 0;

  constructor(given: Given) {
    this.#given = given;
  }

  /** Ends, one way or the other, within the crowd's patience and the time of one call. */
  async buys(): Promise<BuyerStory> {
    try {
      return this.#story((await this.#buysOneOf(this.#given.crowd.seatIds)) ? 'bought' : 'sold_out');
    } catch (error) {
      return { ...this.#story('error'), error: error instanceof Error ? error.message : String(error) };
    }
  }

  #story(outcome: BuyerStory['outcome']): BuyerStory {
    const { startedAt } = this.#given;
    const endedMs = performance.now() - startedAt;
    return { outcome, tries: this.#tries, turnedAway: this.#turnedAway, outOfTime: this.#outOfTime, endedMs };
  }

  async #buysOneOf(seatIds: readonly string[]): Promise<boolean> {
    let open = seatIds;
    for (;;) {
      const seatId = open[Math.floor(this.#given.random() * open.length)];
      if (seatId !== undefined && (await this.#buysSeat(seatId))) return true;
      const map = await this.#looksAtMap();
      if (map.open.length === 0 && !map.someHeld) return false;
      // A seat that is held comes back if its buyer does not pay.
      if (map.open.length === 0) await delay(LOOK_AGAIN_MS);
      open = map.open;
    }
  }

  async #buysSeat(seatId: string): Promise<boolean> {
    const { crowd, told } = this.#given;
    this.#tries += 1;
    const key = newId();
    const { answer, ms } = await this.#asks(`${crowd.clientApp}/bookings`, told.turnedAwayMs, {
      headers: { 'idempotency-key': key },
      body: { eventId: crowd.eventId, seatIds: [seatId] },
    });
    if (answer.status === 409 && answer.body.code === 'seat_taken') {
      told.refusedMs.push(ms);
      return false;
    }
    if (answer.status === 503 && answer.body.booking && this.#isOutOfTime(answer.body.code)) return false;
    if (answer.status !== 201 && answer.status !== 202) throw unexpected('The booking call', answer);
    const paymentUrl = answer.body.paymentUrl ?? (await this.#untilHeld(answer.body.bookingId));
    if (paymentUrl === undefined) return false;
    await this.#pays(paymentUrl);
    return true;
  }

  /** Of a booking that goes on being made (202); undefined if another was quicker, or nothing was begun. */
  async #untilHeld(bookingId = ''): Promise<string | undefined> {
    for (;;) {
      const { answer } = await this.#asks(`${this.#given.crowd.clientApp}/bookings/${bookingId}`, []);
      const { status, reason, invoice } = answer.body;
      if (invoice) return invoice.paymentUrl;
      if (status === 'FAILED' && (reason === 'seat_taken' || this.#isOutOfTime(reason))) return undefined;
      if (answer.status !== 200 || status === 'FAILED') throw unexpected('Looking at the booking', answer);
      await delay(LOOK_AGAIN_MS);
    }
  }

  /** The booking has ended since somebody did not answer in time: a seat may be asked for again, with a new key. */
  #isOutOfTime(reason: string | undefined): boolean {
    if (statusOfReason[reason as BookingReason] !== 503) return false;
    this.#outOfTime += 1;
    return true;
  }

  async #pays(paymentUrl: string): Promise<void> {
    const url = `${this.#given.crowd.paymentApp}/payments/${paymentUrl.split('/').at(-1)}`;
    const { answer } = await this.#asks(url, [], { body: { method: 'test_success' } });
    if (answer.status !== 202) throw unexpected('The payment', answer);
  }

  async #looksAtMap(): Promise<{ open: string[]; someHeld: boolean }> {
    const { clientApp, eventId } = this.#given.crowd;
    const { answer } = await this.#asks(`${clientApp}/events/${eventId}/seats`, []);
    if (answer.status !== 200) throw unexpected('The seat map', answer);
    const { sections } = answer.body as { sections: Array<{ rows: Array<{ seatIds: string[]; states: string }> }> };
    const rows = sections.flatMap((section) => section.rows);
    return {
      open: rows.flatMap(({ seatIds, states }) => seatIds.filter((_, i) => states[i] === 'O')),
      someHeld: rows.some(({ states }) => states.includes('G')),
    };
  }

  /** One call, repeated as long as the answer is to come back later. @throws when the crowd's patience is over. */
  async #asks(url: string, turnedAwayMs: number[], call: { headers?: Record<string, string>; body?: object } = {}) {
    const { crowd, startedAt, random } = this.#given;
    for (;;) {
      const askedAt = performance.now();
      if (askedAt - startedAt > crowd.patienceMs)
        throw new Error('Patience was over before there was a seat, or none.');
      const response = await fetch(url, {
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
        method: call.body ? 'POST' : 'GET',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#given.token}`, ...call.headers },
        ...(call.body && { body: JSON.stringify(call.body) }),
      });
      const body = (await response.json()) as Answer['body'];
      const ms = performance.now() - askedAt;
      const { status } = response;
      const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
      const isToComeBack =
        (status === 429 || status === 503) && body.booking === undefined && !Number.isNaN(retryAfter);
      if (!isToComeBack) return { answer: { status, body }, ms };
      this.#turnedAway += 1;
      turnedAwayMs.push(ms);
      await delay(retryAfter * 1_000 + random() * JITTER_MS);
    }
  }
}

/** The same words for the same kind, so that they can be counted. */
const unexpected = (what: string, { status, body }: Answer) =>
  new Error([what, 'was answered', status, body.code, body.status, body.reason].filter(Boolean).join(' '));
