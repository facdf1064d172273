import { Context } from '@temporalio/activity';
import type { CancelHeldBookings, Page } from '../services/ticket-app/commands/cancel-held-bookings.ts';
import type { CancellationProgress } from '../services/ticket-app/commands/cancellation-progress.ts';
import { reasonOfClosing } from '../services/ticket-app/commands/close-event.ts';
import type { EventLedger } from '../services/ticket-app/models/event-ledger.ts';
import type { SeatLedger } from '../services/ticket-app/models/seat-ledger.ts';
import type { CancellationStanding } from '../workflows/event-cancellation/event-cancellation.messages.ts';

interface Dependencies {
  events: EventLedger;
  seats: SeatLedger;
  progress: CancellationProgress;
  cancelHeld: CancelHeldBookings;
}

interface OfEvent {
  eventId: string;
  workId: string;
}

/** How old the progress of a page may be that an admin reads. */
const tellEveryMs = 1_000;

export type EventCancellationActivities = ReturnType<typeof createEventCancellationActivities>;

/** The steps by which a whole event is cancelled. Each may be repeated (K-1). */
export function createEventCancellationActivities({ events, seats, progress, cancelHeld }: Dependencies) {
  const alive = async () => Context.current().heartbeat();
  const from = (after: string | undefined) => (after === undefined ? {} : { after });
  return {
    async closeSeatsOfEvent({ eventId, workId }: OfEvent): Promise<'closed' | 'over'> {
      if ((await events.find(eventId))?.work?.id !== workId) return 'over';
      await seats.close({ eventId, reason: reasonOfClosing.cancelled });
      return 'closed';
    },

    wakeWaitlistsOfEvent: ({ eventId, after }: { eventId: string; after?: string }): Promise<Page> =>
      cancelHeld.wakeWaitlists(eventId, { ...from(after), alive }),

    async cancelHeldBookings({
      eventId,
      workId,
      after,
    }: OfEvent & { after?: string }): Promise<Page & { standing: CancellationStanding }> {
      let toldAt = Date.now();
      const aliveAndTelling = async () => {
        await alive();
        if (Date.now() - toldAt < tellEveryMs) return;
        toldAt = Date.now();
        await progress.tell(eventId, workId);
      };
      const page = await cancelHeld.cancelPage(eventId, workId, { ...from(after), alive: aliveAndTelling });
      return { ...page, standing: await progress.tell(eventId, workId) };
    },

    settleEventCancellation: ({ eventId, workId }: OfEvent): Promise<CancellationStanding> =>
      progress.settle(eventId, workId),
  };
}
