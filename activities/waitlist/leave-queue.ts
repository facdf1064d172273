import { offerOf } from '../../services/ticket-app/models/waitlist-entry.ts';
import type { WaitlistLedger } from '../../services/ticket-app/models/waitlist-ledger.ts';
import type { LeaveAnswer, SeatOfEvent } from '../../workflows/seat-waitlist/seat-waitlist.messages.ts';
import type { EndEntry } from './end-entry.ts';
import { textOfLeaving } from './outcome-of-offer.ts';

export interface Left {
  answer: Exclude<LeaveAnswer, { outcome: 'busy' }>;
  /** The queue may be empty now: somebody has to look. */
  lookNow: boolean;
}

/** Takes a person out of a seat's queue. A repeat answers from the entry as it is (K-1). */
export function createLeaveQueue({ entries, endEntry }: { entries: WaitlistLedger; endEntry: EndEntry }) {
  return async function leaveQueue(seat: SeatOfEvent, entryId: string): Promise<Left> {
    const tell = (answer: Left['answer'], lookNow = false): Left => ({ answer, lookNow });
    // At a repeat, too: the result of the attempt that ended the entry may have been lost with its workflow task.
    const tellLeft = async () => tell({ outcome: 'left' }, (await entries.count(seat)) === 0);
    const entry = await entries.find(entryId);
    if (!entry || entry.eventId !== seat.eventId || entry.seatId !== seat.seatId)
      return tell({ outcome: 'unknown_entry' });
    if (entry.status === 'LEFT') return tellLeft();
    if (entry.status === 'OFFERED') return tell({ outcome: 'offered', bookingId: offerOf(entry) });
    if (!entry.active) return tell({ outcome: 'ended', status: entry.status });
    switch (await endEntry(entry, 'LEFT', textOfLeaving)) {
      case 'ended':
        return tellLeft();
      case 'held':
        // Offered before a crash, and not marked yet.
        return tell({ outcome: 'offered', bookingId: offerOf(entry) });
      case 'changed':
        // A late attempt at something else has changed it meanwhile: answer from what it is now.
        return leaveQueue(seat, entryId);
    }
  };
}
