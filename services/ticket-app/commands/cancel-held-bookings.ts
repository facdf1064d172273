import type { Logger } from '../../../lib/logging/logger.ts';
import type { EventLedger } from '../models/event-ledger.ts';
import type { HeldSeats } from '../models/held-seats.ts';
import type { CancelBookingCommand } from './cancel-booking.ts';
import type { WakeWaitlist } from './wake-waitlist.ts';

interface Dependencies {
  held: HeldSeats;
  events: EventLedger;
  cancelBooking: CancelBookingCommand;
  wakeWaitlist: WakeWaitlist;
  log: Logger;
}

/** Without `next` it was the last page. */
export interface Page {
  next?: string;
}

interface PageOptions {
  /** Begins after this seat. */
  after?: string;
  /** Called each time that something has been done. */
  alive(): Promise<void>;
}

const seatsPerPage = 200;
/**
 * Calls to cancel a booking that are under way at once. It bounds what this asks of Temporal and the database; what follows
 * from a cancellation (its release, its refund) goes on in that booking's own workflow, as many at once as the
 * worker has slots for activities, and backs off by itself where a neighbour cannot bear it.
 */
const parallel = 10;
/** While the payment app is away an unpaid booking answers late; its wish is written down, and the next pass asks again. */
const patienceMs = 1_000;

const pageAfter = (after: string | undefined) => ({ limit: seatsPerPage, ...(after !== undefined && { after }) });

function endOf(page: Array<{ seatId: string }>): Page {
  const last = page.at(-1);
  return page.length === seatsPerPage && last ? { next: last.seatId } : {};
}

export type CancelHeldBookings = ReturnType<typeof createCancelHeldBookings>;

/** Ends what holds the closed seats of an event that is being cancelled, page by page. Every part may be repeated. */
export function createCancelHeldBookings(dependencies: Dependencies) {
  const { held, events, cancelBooking, wakeWaitlist, log } = dependencies;

  /** Does one thing for each, a few at once. What fails is logged and left to the next pass, so it holds up nothing else. */
  async function forEach(
    ids: Iterable<string>,
    alive: () => Promise<void>,
    act: (id: string) => Promise<void>,
  ): Promise<void> {
    const queue = ids[Symbol.iterator]();
    const worker = async () => {
      for (let next = queue.next(); !next.done; next = queue.next()) {
        const id = next.value;
        await act(id).catch((error: Error) => log.warn({ id, reason: error.message }, 'left to the next pass'));
        await alive();
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
  }

  /** Whoever has been let in keeps the seat; everybody else gets the money back. */
  async function cancelOne(eventId: string, workId: string, bookingId: string, reason?: string): Promise<void> {
    const answer = await cancelBooking(bookingId, 'event_cancelled', { note: reason, patienceMs });
    if (answer?.outcome === 'ticket_used') await events.addUsedTicket(eventId, workId, bookingId);
  }

  /** Cancels the bookings on one page of held seats. */
  async function cancelPage(eventId: string, workId: string, { alive, after }: PageOptions): Promise<Page> {
    const event = await events.find(eventId);
    if (event?.work?.id !== workId) return {};
    const { reason, usedTickets = [] } = event.cancellation ?? {};
    const page = await held.held(eventId, pageAfter(after));
    const settled = new Set(usedTickets);
    const bookingIds = page.flatMap(({ holder }) => (holder?.kind === 'booking' ? [holder.bookingId] : []));
    const open = new Set(bookingIds.filter((bookingId) => !settled.has(bookingId)));
    await forEach(open, alive, (bookingId) => cancelOne(eventId, workId, bookingId, reason));
    return endOf(page);
  }

  /** Wakes the waitlists of one page of seats that have one. */
  async function wakeWaitlists(eventId: string, { alive, after }: PageOptions): Promise<Page> {
    const page = await held.queued(eventId, pageAfter(after));
    const seatIds = page.map(({ seatId }) => seatId);
    await forEach(seatIds, alive, (seatId) => wakeWaitlist({ eventId, seatId }));
    return endOf(page);
  }

  return { cancelPage, wakeWaitlists };
}
