import type { Connection } from 'mongoose';
import type { CancellationStanding } from '../../../workflows/event-cancellation/event-cancellation.messages.ts';
import { bookingModel } from '../models/booking.ts';
import type { EventLedger } from '../models/event-ledger.ts';
import { createHeldSeats } from '../models/held-seats.ts';

export type CancellationProgress = ReturnType<typeof createCancellationProgress>;

/** How far the cancellation of an event is: read from the seats and bookings each time, so nothing can be counted twice. */
export function createCancellationProgress(connection: Connection, events: EventLedger) {
  const bookings = bookingModel(connection);
  const held = createHeldSeats(connection);

  async function standingOf(eventId: string, workId: string): Promise<CancellationStanding> {
    const [holding, waiting, cancelled, event] = await Promise.all([
      held.bookings(eventId),
      held.countQueued(eventId),
      bookings.countDocuments({ eventId, reason: 'event_cancelled', status: 'CANCELLED' }),
      events.find(eventId),
    ]);
    const used = new Set(event?.cancellation?.usedTickets);
    const left = holding.filter((bookingId) => !used.has(bookingId)).length;
    return { over: event?.work?.id !== workId, left, cancelled, used: used.size, waiting };
  }

  /** Writes down how far it is. */
  async function tell(eventId: string, workId: string): Promise<CancellationStanding> {
    const standing = await standingOf(eventId, workId);
    await events.tellCancellation(eventId, workId, { left: standing.left, cancelled: standing.cancelled });
    return standing;
  }

  /** The same; and when nothing is held any more, but by used tickets, and nobody waits, the event is cancelled. */
  async function settle(eventId: string, workId: string): Promise<CancellationStanding> {
    const standing = await tell(eventId, workId);
    if (standing.over || standing.left > 0 || standing.waiting > 0) return standing;
    await events.finishCancellation(eventId, workId);
    return { ...standing, over: true };
  }

  return { tell, settle };
}
