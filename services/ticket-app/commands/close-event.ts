import type { Connection } from 'mongoose';
import { newId } from '../../../lib/ids.ts';
import { type Cancellation, comesFrom, type Event, type EventWork, eventLife } from '../models/event.ts';
import type { EventLedger } from '../models/event-ledger.ts';
import { type Change, guardOf, mismatchOf, refusalTo, type VersionMismatch } from '../models/event-owner.ts';
import { seatModel } from '../models/seat.ts';
import type { SeatLedger } from '../models/seat-ledger.ts';
import type { CancellationProgress } from './cancellation-progress.ts';
import type { CountSeats } from './count-seats.ts';
import type { StartEventCancellation } from './start-event-cancellation.ts';

type CloseWork = Extract<EventWork, { kind: 'close' }>;
type NotBegun = VersionMismatch | { outcome: 'unknown_event' | 'not_your_event' | 'event_busy' | 'wrong_status' };
export type RemoveAnswer = { outcome: 'removed' | 'has_bookings' } | NotBegun;
/** `cancelling`: what is held is being cancelled, booking by booking; the event tells how far that is. */
export type CancelAnswer = { outcome: 'cancelled' | 'cancelling' } | NotBegun;

/** Why a seat is closed while its event is being closed; nobody else may close a seat for these reasons. */
export const reasonOfClosing = { cancelled: 'event_cancelled', removed: 'event_removed' } as const;

interface Dependencies {
  events: EventLedger;
  seats: SeatLedger;
  counter: CountSeats;
  progress: CancellationProgress;
  startCancellation: StartEventCancellation;
}

export type CloseEvent = ReturnType<typeof createCloseEvent>;

/**
 * Removes an event of which nothing is held or sold, or cancels one, whatever is. Every seat is closed first, and a
 * closed seat cannot be claimed; so what is free when looked at afterwards stays free, and no booking can slip in between.
 */
export function createCloseEvent(connection: Connection, dependencies: Dependencies) {
  const { events, seats, counter, progress, startCancellation } = dependencies;
  const rows = seatModel(connection);

  async function isTaken(eventId: string): Promise<boolean> {
    return (
      (await rows.exists({ eventId, status: { $in: ['ON_GOING', 'BOOKED'] } })) !== null ||
      (await rows.exists({ eventId, waitlisted: true })) !== null
    );
  }

  /** Does a removal from the start; may be repeated at any point. */
  async function carryOutRemoval(eventId: string, workId: string): Promise<'removed' | 'has_bookings'> {
    const reason = reasonOfClosing.removed;
    // The waitlist of a closed seat ends: so nothing is closed where it is seen at once that the event stays.
    let taken = await isTaken(eventId);
    if (!taken) {
      await seats.close({ eventId, reason });
      taken = await isTaken(eventId);
    }
    if (taken) {
      await seats.reopen({ eventId, reason });
      await events.endWork(eventId, workId);
    } else {
      await seats.removeAll(eventId);
      await events.remove(eventId, workId);
    }
    counter.forget(eventId);
    return taken ? 'has_bookings' : 'removed';
  }

  /** Does a cancellation as far as that can be done at once, and has the rest done; may be repeated at any point. */
  async function carryOutCancellation(eventId: string, workId: string): Promise<'cancelled' | 'cancelling'> {
    await seats.close({ eventId, reason: reasonOfClosing.cancelled });
    counter.forget(eventId);
    if ((await progress.settle(eventId, workId)).over) return 'cancelled';
    await startCancellation({ eventId, workId });
    return 'cancelling';
  }

  /** Does the work that the event was taken for. */
  async function carryOut(eventId: string, { to, id }: CloseWork): Promise<void> {
    if (to === 'removed') await carryOutRemoval(eventId, id);
    else await carryOutCancellation(eventId, id);
  }

  const workNow = (to: CloseWork['to']): CloseWork => ({ id: newId(), kind: 'close', to, at: new Date() });

  /** Removes an event and its seats, of which none may be held, sold or waited for. */
  async function remove(eventId: string, by: Change): Promise<RemoveAnswer> {
    const work = workNow('removed');
    const from = Object.keys(eventLife) as Event['status'][];
    if (await events.beginWork(eventId, work, { from, guard: guardOf(by) })) {
      return { outcome: await carryOutRemoval(eventId, work.id) };
    }
    const event = await events.find(eventId);
    const refusal = refusalTo(by.viewer, event);
    if (!event || refusal) return { outcome: refusal ?? 'unknown_event' };
    return mismatchOf(event, by) ?? { outcome: 'event_busy' };
  }

  /** Cancels an event. `reason` is what the organizer says to the buyers. A repeat goes on with what was begun. */
  async function cancel(eventId: string, by: Change, reason?: string): Promise<CancelAnswer> {
    const work = workNow('cancelled');
    const from = comesFrom('cancelled');
    const cancellation: Cancellation = {
      startedAt: work.at,
      ...(reason !== undefined && { reason }),
      bookings: { left: 0, cancelled: 0 },
      usedTickets: [],
    };
    if (await events.beginWork(eventId, work, { from, guard: guardOf(by), cancellation })) {
      return { outcome: await carryOutCancellation(eventId, work.id) };
    }
    const event = await events.find(eventId);
    const refusal = refusalTo(by.viewer, event);
    if (!event || refusal) return { outcome: refusal ?? 'unknown_event' };
    if (event.status === 'cancelled') return { outcome: 'cancelled' };
    if (event.work?.kind === 'close' && event.work.to === 'cancelled') {
      return { outcome: await carryOutCancellation(eventId, event.work.id) };
    }
    return mismatchOf(event, by) ?? { outcome: from.includes(event.status) ? 'event_busy' : 'wrong_status' };
  }

  return { remove, cancel, carryOut };
}
