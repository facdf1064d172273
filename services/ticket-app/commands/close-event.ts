import type { Connection } from 'mongoose';
import { newId } from '../../../lib/ids.ts';
import { comesFrom, type Event, type EventWork, eventLife } from '../models/event.ts';
import type { EventLedger } from '../models/event-ledger.ts';
import { seatModel } from '../models/seat.ts';
import type { SeatLedger } from '../models/seat-ledger.ts';
import type { CountSeats } from './count-seats.ts';

type CloseWork = Extract<EventWork, { kind: 'close' }>;
export type CloseAnswer = 'closed' | 'has_bookings' | 'unknown_event' | 'event_busy' | 'wrong_status';

/** Why a seat is closed while its event is being closed; nobody else may close a seat for these reasons. */
export const reasonOfClosing = { cancelled: 'event_cancelled', removed: 'event_removed' } as const;

interface Dependencies {
  events: EventLedger;
  seats: SeatLedger;
  counter: CountSeats;
}

export type CloseEvent = ReturnType<typeof createCloseEvent>;

/**
 * Cancels or removes an event of which nothing is held or sold. Every seat is closed first, and a closed seat cannot be
 * claimed; so what is free when looked at afterwards stays free, and no booking can slip in between.
 */
export function createCloseEvent(connection: Connection, { events, seats, counter }: Dependencies) {
  const rows = seatModel(connection);

  async function isTaken(eventId: string): Promise<boolean> {
    return (
      (await rows.exists({ eventId, status: { $in: ['ON_GOING', 'BOOKED'] } })) !== null ||
      (await rows.exists({ eventId, waitlisted: true })) !== null
    );
  }

  /** Does the work that the event was taken for; may be repeated from the start at any point. */
  async function carryOut(eventId: string, work: CloseWork): Promise<'closed' | 'has_bookings'> {
    const reason = reasonOfClosing[work.to];
    await seats.close({ eventId, reason });
    if (await isTaken(eventId)) {
      await seats.reopen({ eventId, reason });
      await events.endWork(eventId, work.id);
      return 'has_bookings';
    }
    if (work.to === 'cancelled') {
      await events.endWork(eventId, work.id, 'cancelled');
    } else {
      await seats.removeAll(eventId);
      await events.remove(eventId, work.id);
    }
    counter.forget(eventId);
    return 'closed';
  }

  async function close(eventId: string, to: CloseWork['to']): Promise<CloseAnswer> {
    const work: CloseWork = { id: newId(), kind: 'close', to, at: new Date() };
    const from = to === 'cancelled' ? comesFrom('cancelled') : (Object.keys(eventLife) as Event['status'][]);
    if (await events.beginWork(eventId, work, from)) return carryOut(eventId, work);
    const event = await events.find(eventId);
    if (!event) return 'unknown_event';
    if (event.status === to) return 'closed';
    return from.includes(event.status) ? 'event_busy' : 'wrong_status';
  }

  return { close, carryOut };
}
