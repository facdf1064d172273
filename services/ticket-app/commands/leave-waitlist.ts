import { limits } from '../../../lib/contracts/limits.ts';
import type { WaitlistEntry } from '../models/waitlist-entry.ts';
import type { WaitlistLedger } from '../models/waitlist-ledger.ts';
import type { WaitlistCalls } from './waitlist-calls.ts';

export type LeaveWaitlistAnswer =
  /** It has left, or had ended before. */
  | { outcome: 'entry'; entry: WaitlistEntry }
  | { outcome: 'offered'; bookingId: string }
  | { outcome: 'unknown_entry' }
  /** It may have been done: ask again, leaving twice is once. */
  | { outcome: 'unknown' };

export type LeaveWaitlistCommand = ReturnType<typeof createLeaveWaitlist>;

/** Takes a person out of a queue. Who is offered the seat declines by cancelling that booking. */
export function createLeaveWaitlist({ entries, calls }: { entries: WaitlistLedger; calls: WaitlistCalls }) {
  return async (entryId: string): Promise<LeaveWaitlistAnswer> => {
    const entry = await entries.find(entryId);
    if (!entry) return { outcome: 'unknown_entry' };
    if (!entry.active) return { outcome: 'entry', entry };
    const { eventId, seatId } = entry;
    const answer = await calls.leave({ eventId, seatId }, entryId, Date.now() + limits.patienceMs);
    if (!answer) return { outcome: 'unknown' };
    if (answer.outcome === 'offered' || answer.outcome === 'unknown_entry') return answer;
    const left = await entries.find(entryId);
    return left ? { outcome: 'entry', entry: left } : { outcome: 'unknown_entry' };
  };
}
