// The steps of a seat's waitlist on a real database, each of which can be stopped before any of its calls to the ledgers:
// so stands still a process that wakes up when others have gone on (K-2).

import type { Connection } from 'mongoose';
import { createWaitlistActivities, type WaitlistActivities } from '../../activities/waitlist/waitlist.ts';
import { newId } from '../../lib/ids.ts';
import { createBookingLedger } from '../../services/ticket-app/models/booking-ledger.ts';
import { type Event, eventModel, findEventIn } from '../../services/ticket-app/models/event.ts';
import { createSeatLedger } from '../../services/ticket-app/models/seat-ledger.ts';
import { createWaitingLimits } from '../../services/ticket-app/models/waiting-limits.ts';
import { createWaitlistLedger } from '../../services/ticket-app/models/waitlist-ledger.ts';
import { someEvent } from '../factories/events.ts';
import { someSeats } from '../factories/seats.ts';

export const seatId = 'A-1-1';

export interface Stopped<T> {
  /** False: the step has no such call; it went through. */
  stands: boolean;
  /** Lets it go on, to its end. */
  wake(): Promise<T>;
}

/** How long an offer, or the count of a join, may be under way, if not as long as usual. */
interface Patience {
  patienceMs?: number;
  countPatienceMs?: number;
}

/** A seat that somebody holds, and its queue. */
export async function queueRig(connection: Connection, patience: Patience = {}) {
  const eventId = newId();
  const place = { eventId, seatId };
  const seats = createSeatLedger(connection);
  const entries = createWaitlistLedger(connection);
  const bookings = createBookingLedger(connection);
  const limits = createWaitingLimits(connection);
  const findEvent = findEventIn(connection);
  const ledgers = { seats, entries, bookings, limits };
  const steps = createWaitlistActivities({ ...ledgers, findEvent, ...patience });
  const soon = () => new Date(Date.now() + 60_000);

  /** The same ledgers, with something that is asked before each call. */
  function watchedBy<Ledger extends object>(ledger: Ledger, before: () => Promise<void>): Ledger {
    const watched = Object.entries(ledger).map(([name, call]) => {
      if (typeof call !== 'function') return [name, call] as const;
      const later = async (...given: unknown[]) => {
        await before();
        return call(...given);
      };
      return [name, later] as const;
    });
    return Object.fromEntries(watched) as Ledger;
  }

  /** Begins a step and stops it before its `call`-th call to a ledger, counted from 1. */
  async function stopBefore<T>(call: number, begin: (steps: WaitlistActivities) => Promise<T>): Promise<Stopped<T>> {
    let calls = 0;
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let stop = () => {};
    const stopped = new Promise<'stands'>((resolve) => {
      stop = () => resolve('stands');
    });
    const before = async () => {
      calls += 1;
      if (calls !== call) return;
      stop();
      await gate;
    };
    const going = begin(
      createWaitlistActivities({
        seats: watchedBy(seats, before),
        entries: watchedBy(entries, before),
        bookings: watchedBy(bookings, before),
        limits: watchedBy(limits, before),
        findEvent,
        ...patience,
      }),
    );
    const stands = (await Promise.race([stopped, going.then(() => 'through' as const)])) === 'stands';
    return {
      stands,
      wake() {
        letGo();
        return going;
      },
    };
  }

  const more = {
    cityKey: 'jakarta',
    titleKey: 'orkes kebun',
    imports: 0,
    createdFrom: 'rig',
    version: 0,
    createdAt: new Date(),
  };
  const event = { _id: eventId, ...someEvent(), status: 'published', ...more };
  await eventModel(connection).create(event as unknown as Event);
  await seats.add(eventId, someSeats(1));
  await seats.claim({ ...place, bookingId: 'holder', customerId: 'holder', claimBefore: soon() });

  return {
    ...ledgers,
    steps,
    place,
    stopBefore,
    join: (name: string, given: WaitlistActivities = steps, joinBefore = Date.now() + 10_000) =>
      given.joinQueue(place, { entryId: `${eventId}-${name}`, customerId: `${eventId}-of-${name}`, joinBefore }),
    leave: (name: string, given: WaitlistActivities = steps) => given.leaveQueue(place, `${eventId}-${name}`),
    look: (given: WaitlistActivities = steps) => given.lookAtQueue(place, Date.now() + 30_000),
    entry: async (name: string) => {
      const found = await entries.find(`${eventId}-${name}`);
      if (!found) throw new Error(`There is no entry of ${name}.`);
      return found;
    },
    seat: async () => {
      const found = await seats.find(place);
      if (!found) throw new Error('The seat is gone.');
      return found;
    },
    release: (bookingId: string) => seats.release({ ...place, bookingId, barUntil: soon() }),
    /** The booking of an offer has begun, as its workflow's first step does it. */
    begin: (name: string, attempt = 1) =>
      bookings.begin({
        _id: `${eventId}-${name}-${attempt}`,
        runId: newId(),
        customerId: `${eventId}-of-${name}`,
        eventId,
        seatIds: [seatId],
        claimBefore: soon(),
        waitlistEntryId: `${eventId}-${name}`,
      }),
    /** It ends without a ticket, and gives the seat back. */
    async end(name: string, reason: 'payment_expired' | 'payment_unavailable' | 'cancelled_by_customer', attempt = 1) {
      const bookingId = `${eventId}-${name}-${attempt}`;
      await bookings.end(bookingId, 'FAILED', reason, 'It ended.');
      await seats.release({ ...place, bookingId, barUntil: soon() });
    },
    offerOf: (name: string, attempt = 1) => `${eventId}-${name}-${attempt}`,
  };
}

export type QueueRig = Awaited<ReturnType<typeof queueRig>>;
