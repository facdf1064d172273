import type { SeatLedger } from '../../services/ticket-app/models/seat-ledger.ts';
import type { WaitingLimits } from '../../services/ticket-app/models/waiting-limits.ts';
import { offerOf, type WaitlistEntry } from '../../services/ticket-app/models/waitlist-entry.ts';
import type { EndOfEntry, WaitlistLedger } from '../../services/ticket-app/models/waitlist-ledger.ts';
import { offerPatienceMs } from '../../workflows/seat-waitlist/seat-waitlist.messages.ts';

interface Dependencies {
  entries: WaitlistLedger;
  seats: SeatLedger;
  limits: WaitingLimits;
  /** How long an offer may be under way. */
  patienceMs?: number;
}

export type EndEntry = ReturnType<typeof createEndEntry>;

/**
 * Ends an entry. One that waits is barred from its seat first: an offer to it that is still under way must not take
 * effect afterwards (K-2). Nor may one that a look begins until the entry has ended: so that happens while the bar
 * outlives it, twice over, for the clocks of worker and database may differ. `held`: the offer has taken effect already,
 * so the entry is to be marked as offered instead. `changed`: the entry is not any more what it was read as. Throws when
 * this is too late.
 */
export function createEndEntry({ entries, seats, limits, patienceMs = offerPatienceMs }: Dependencies) {
  return async (entry: WaitlistEntry, to: EndOfEntry, text: string): Promise<'ended' | 'held' | 'changed'> => {
    const { _id: entryId, eventId, seatId, customerId } = entry;
    const endBefore = new Date(Date.now() + patienceMs);
    const barUntil = new Date(endBefore.getTime() + 2 * patienceMs);
    const waits = entry.status === 'WAITING';
    if (waits && (await seats.bar({ eventId, seatId, bookingId: offerOf(entry), barUntil })) === 'held') return 'held';
    // Before the entry ends: what a crash leaves undone here is done again only while it is active.
    await limits.leave({ customerId, entryId, barUntil });
    if (await entries.end(entry, to, text, waits ? endBefore : undefined)) return 'ended';
    const present = await entries.find(entryId);
    // Nobody has changed it, so its time was over, or clocks differ by more: a retry waits before it tries again.
    if (present?.version === entry.version)
      throw new Error(`Entry ${entryId} was not ended in time: to be done again.`);
    return 'changed';
  };
}
