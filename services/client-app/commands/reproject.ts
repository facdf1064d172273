import pLimit from 'p-limit';
import type { Reprojected, ReprojectOutcome } from '../../../lib/contracts/operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { forgetLostTicket, keepTicket } from './keep-ticket.ts';

/** ticket-app is asked about this many at once: it is busy with buyers. */
const atOnce = 8;

async function each(
  ids: readonly string[],
  work: (id: string) => Promise<ReprojectOutcome>,
): Promise<Reprojected['results']> {
  const line = pLimit(atOnce);
  return Promise.all(ids.map((id) => line(async () => ({ id, outcome: await work(id) }))));
}

/**
 * Asks ticket-app about bookings, known here or not, and makes this history's rows what it tells, also where they should
 * be so already. May be repeated.
 */
export function reprojectBookings(dependencies: Dependencies, ids: readonly string[]): Promise<Reprojected['results']> {
  const { bookings, ticketing } = dependencies;
  return each(ids, async (id) => {
    const answer = await ticketing.booking(id);
    if (answer.kind === 'not_found') return 'unknown';
    if (answer.kind !== 'booking') return 'no_answer';
    const outcome = await bookings.reapply(answer.booking);
    const wasLost = await forgetLostTicket(dependencies, id);
    const kept = await keepTicket(dependencies, id);
    // A file that was lost and cannot be had now is looked for by the poller, too.
    if (wasLost) return kept === 'not_now' ? 'no_answer' : 'changed';
    return outcome;
  });
}

/** The same of places in queues. */
export function reprojectEntries(
  { waitlist, ticketing }: Dependencies,
  ids: readonly string[],
): Promise<Reprojected['results']> {
  return each(ids, async (id) => {
    const answer = await ticketing.waitlistEntry(id);
    if (answer.kind === 'not_found') return 'unknown';
    return answer.kind === 'entry' ? waitlist.reapply(answer.entry) : 'no_answer';
  });
}
