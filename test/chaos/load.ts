// What people do while the nemesis strikes: small worlds in which many want the same few seats, one after the other and
// several at once; regulars, who buy a seat of their own, pay, and now and then give it back; and shoppers, who hold a seat
// and vanish.
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { randomOf } from '../../bench/random.ts';
import { newId } from '../../lib/ids.ts';
import { cancel } from '../e2e/queue-stage.ts';
import { anEvent, book, bookingOf, type Person, pay, people, theAdmin } from '../e2e/stage.ts';
import { someSeats } from '../factories/seats.ts';
import { Actor } from '../race/people.ts';
import type { Recorder } from '../race/recorder.ts';
import { type World, worldsOf } from '../race/world.ts';
import { waitUntil } from '../wait-until.ts';

/** Longer than a hold in them is not: what nobody pays ends within the run. */
const chaosWorlds = worldsOf({ seats: [1, 4], holdSeconds: [3, 8], offerSeconds: [3, 8], others: [2, 5] });
/** Where a database or ticket-app is away. */
const insistMs = 60_000;
const lookEveryMs = 250;
const betweenOpeningsMs = 1_000;
/** Between two visits of one regular. */
const visitEveryMs = [100, 800] as const;
/** More than a regular buys in the longest run. */
const hallSeats = 500;
const cancelShare = 0.25;
/** So few that a seat which comes back is held by the next one soon: who gives it back late, or claims it late, is noticed. */
const fewSeats = 6;
const shortHoldSeconds = 3;

export interface LoadOptions {
  seed: number;
  /** Worlds side by side. */
  worlds: number;
  regulars: number;
  shoppers: number;
  recorder: Recorder;
  /** Says that no more is to be begun. */
  isOver: () => boolean;
}

/** Insists on what has to be there before anybody can do anything. */
export const insist = <T>(what: string, make: () => Promise<T>): Promise<T> =>
  waitUntil(what, () => make().catch(() => undefined), insistMs);

export class Load {
  /** The events in which something happened. */
  readonly eventIds: string[] = [];
  worldsPlayed = 0;
  readonly #options: LoadOptions;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** Until it is over, and everybody who is inside has left. */
  async run(): Promise<void> {
    const { seed, worlds, regulars, shoppers } = this.#options;
    const random = randomOf(seed ^ 0x5eed);
    const lane = async (_: unknown, i: number) => {
      // Nobody opens every hall at the same instant.
      await delay(i * betweenOpeningsMs);
      while (!this.#options.isOver()) {
        const [world] = fc.sample(chaosWorlds, { seed: Math.floor(random() * 2 ** 31), numRuns: 1 });
        if (world) await this.#play(world);
      }
    };
    await Promise.all([
      ...Array.from({ length: worlds }, lane),
      ...Array.from({ length: regulars }, (_, i) => this.#visitAgainAndAgain(i, randomOf(seed + i))),
      ...Array.from({ length: shoppers }, (_, i) => this.#holdAndVanish(i, randomOf(seed - i))),
    ]);
  }

  async #play(world: World): Promise<void> {
    const { holdSeconds, offerSeconds } = world;
    const seats = someSeats(world.seats);
    const organizer = this.eventIds.length % 2 === 0 ? 'x' : 'y';
    const eventId = await this.event({ seats, holdSeconds, organizer, changes: { offerSeconds } });
    const place = {
      eventId,
      seatIds: seats.map(({ seatId }) => seatId),
      recorder: this.#options.recorder,
      lookEveryMs,
    };
    const persons = await insist('accounts', () => people(world.people.length));
    const actors = persons.map((person: Person) => new Actor(person.userId, person, place));
    const admin = new Actor('admin', await insist('an admin', theAdmin), place);
    await Promise.all([...actors.map((actor, i) => actor.play(world.people[i] ?? [])), admin.play(world.admin)]);
    this.worldsPlayed += 1;
  }

  /** An event of its own, with the hold of a usual event if none is given. */
  async event(wish: Parameters<typeof anEvent>[0]): Promise<string> {
    const eventId = await insist('an event', () => anEvent(wish));
    this.eventIds.push(eventId);
    return eventId;
  }

  async #visitAgainAndAgain(n: number, random: () => number): Promise<void> {
    const eventId = await this.event({ seats: hallSeats, organizer: n % 2 === 0 ? 'x' : 'y' });
    const [least, most] = visitEveryMs;
    for (let seat = 1; !this.#options.isOver() && seat <= hallSeats; seat += 1) {
      const [visitor] = await insist('an account', () => people(1));
      if (visitor) await this.visit(visitor, eventId, [`A-1-${seat}`], random() < cancelShare);
      await delay(least + random() * (most - least));
    }
  }

  /** Nobody waits for these seats: what is given back is open. */
  async #holdAndVanish(n: number, random: () => number): Promise<void> {
    const { recorder, isOver } = this.#options;
    const eventId = await this.event({
      seats: fewSeats,
      organizer: n % 2 === 0 ? 'x' : 'y',
      holdSeconds: shortHoldSeconds,
    });
    const [least, most] = visitEveryMs;
    const calls: Promise<unknown>[] = [];
    for (let visit = 0; !isOver(); visit += 1) {
      const [person] = await insist('an account', () => people(1));
      const seatIds = [`A-1-${(visit % fewSeats) + 1}`];
      const key = newId();
      // Whoever vanishes does not ask again.
      const asked = { do: 'book', key, eventId, seatIds } as const;
      if (person) calls.push(recorder.ask(person.userId, asked, () => book(person, eventId, seatIds, key)));
      await delay(least + random() * (most - least));
    }
    await Promise.all(calls);
  }

  /** Somebody who books, pays, and goes on until the money has been taken, or the booking cannot be paid any more. */
  async visit(person: Person, eventId: string, seatIds: string[], changesMind: boolean): Promise<void> {
    const { recorder } = this.#options;
    const key = newId();
    const answer = await this.#insistOn(() =>
      recorder.ask(person.userId, { do: 'book', key, eventId, seatIds }, () => book(person, eventId, seatIds, key)),
    );
    const bookingId = answer.body.bookingId;
    if (answer.status >= 300 || bookingId === undefined) return;
    recorder.acknowledged.push({ eventId, kind: 'booking', id: bookingId });
    await this.#payUntilPaid(person, eventId, bookingId);
    if (!changesMind) return;
    const given = await this.#insistOn(() =>
      recorder.ask(person.userId, { do: 'cancel', id: bookingId }, () => cancel(person, bookingId)),
    );
    if (given.status === 200 && given.body.status === 'CANCELLED')
      recorder.acknowledged.push({ eventId, kind: 'booking', id: bookingId, status: 'CANCELLED' });
  }

  async #payUntilPaid(person: Person, eventId: string, bookingId: string): Promise<void> {
    for (;;) {
      const booking = await this.look(person, bookingId);
      if (booking.status !== 'AWAITING_PAYMENT') {
        if (!['REQUESTED', 'HOLDING'].includes(booking.status)) return;
      } else if (booking.invoice) {
        const { paymentUrl } = booking.invoice;
        const key = newId();
        const asked = { do: 'pay', key, id: bookingId, method: 'card' } as const;
        const { status, body } = await this.#insistOn(() =>
          this.#options.recorder.ask(person.userId, asked, () => pay(paymentUrl, 'card', {}, key)),
        );
        if (status === 202 && typeof body.attemptId === 'string')
          this.#options.recorder.acknowledged.push({ eventId, kind: 'payment', bookingId, attemptId: body.attemptId });
        if (['already_paid', 'invoice_voided', 'payment_expired', 'no_tries_left'].includes(String(body.code))) return;
      }
      await delay(2 * lookEveryMs);
    }
  }

  /** The booking as its buyer sees it. */
  look(person: Person, bookingId: string) {
    return insist(`booking ${bookingId}`, async () => {
      const from = Date.now();
      const { recorder } = this.#options;
      const asked = { do: 'look', id: bookingId } as const;
      const answer = await recorder.ask(person.userId, asked, () => bookingOf(person, bookingId));
      if (answer?.status !== 200) throw new Error(`The answer was ${answer?.status}.`);
      const { body } = answer;
      recorder.see({ from, to: Date.now(), who: person.userId, bookingId, status: body.status, version: body.version });
      return body;
    });
  }

  /** A booking that failed since something was away is an answer, too: it is told with the booking. */
  async #insistOn<T extends { status: number; body: object }>(ask: () => Promise<T | undefined>): Promise<T> {
    const isAnswer = ({ status, body }: T) => status !== 503 || 'booking' in body;
    return waitUntil(
      'an answer',
      async () => {
        const answer = await ask();
        if (answer !== undefined && isAnswer(answer)) return answer;
        await delay(2 * lookEveryMs);
        return undefined;
      },
      insistMs,
    );
  }
}
