import type { SeatLedger } from '../../services/ticket-app/models/seat-ledger.ts';
import type { WaitingLimits } from '../../services/ticket-app/models/waiting-limits.ts';
import { offerOf, type WaitlistEntry } from '../../services/ticket-app/models/waitlist-entry.ts';
import type { EndOfEntry, WaitlistLedger } from '../../services/ticket-app/models/waitlist-ledger.ts';
import { offerPatienceMs } from '../../workflows/seat-waitlist/seat-waitlist.messages.ts';

/** Twice as long as an offer can still be under way: the clocks of worker and database may differ. */
const barMs = 2 * offerPatienceMs;

interface Dependencies {
  entries: WaitlistLedger;
  seats: SeatLedger;
  limits: WaitingLimits;
}

export type EndEntry = ReturnType<typeof createEndEntry>;

/**
 * Ends an entry. One that waits is barred from its seat first: an offer to it that is still under way must not take
 * effect afterwards (K-2). `held`: it has taken effect already, so the entry is to be marked as offered instead.
 * `changed`: the entry is not any more what it was read as.
 */
export function createEndEntry({ entries, seats, limits }: Dependencies) {
  return async (entry: WaitlistEntry, to: EndOfEntry, text: string): Promise<'ended' | 'held' | 'changed'> => {
    const { _id: entryId, eventId, seatId, customerId } = entry;
    const barUntil = new Date(Date.now() + barMs);
    if (entry.status === 'WAITING') {
      const answer = await seats.bar({ eventId, seatId, bookingId: offerOf(entry), barUntil });
      if (answer === 'held') return 'held';
    }
    // Before the entry ends: what a crash leaves undone here is done again only while it is active.
    await limits.leave({ customerId, entryId, barUntil });
    return (await entries.end(entry, to, text)) ? 'ended' : 'changed';
  };
}
