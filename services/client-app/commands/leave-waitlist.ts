import { Problem, unavailable } from '../../../lib/http/problem.ts';
import type { Caller } from '../auth/signed-in.ts';
import type { Dependencies } from '../dependencies.ts';
import { isActive, type WaitlistEntry } from '../models/waitlist-entry.ts';
import { askAboutEntry } from './ask-about-entry.ts';
import { ownEntry } from './read-waitlist-entries.ts';

const notKnown = () =>
  unavailable(
    'ticketing_unavailable',
    'It is not known whether the queue was left. Try again in a moment: leaving twice is once.',
  );

const notBegun = (entryId: string) =>
  new Problem(
    409,
    'waitlist_entry_not_begun',
    'The place in the queue is being taken; it cannot be left just now. Try again in a moment.',
    { entryId },
    { 'Retry-After': '2' },
  );

function offered(entryId: string, bookingId: string): Problem {
  const cancelUrl = `/bookings/${bookingId}/cancel`;
  const detail = `The seat is offered by booking ${bookingId}: pay for it, or decline it by POST ${cancelUrl}.`;
  return new Problem(409, 'offered', detail, { entryId, bookingId, cancelUrl });
}

/**
 * Leaves the queue of a seat; an entry that has ended stays as it is. Returns the entry as it then stands. Throws 409
 * `offered` (whoever declines cancels that booking), 409 `waitlist_entry_not_begun`, or 503 when it is unknown whether
 * it was left: a repeat is safe.
 */
export async function leaveWaitlist(
  dependencies: Dependencies,
  caller: Caller,
  entryId: string,
): Promise<WaitlistEntry> {
  const { ticketing, waitlist, patienceMs } = dependencies;
  const entry = await ownEntry(dependencies, caller, entryId);
  if (!isActive(entry)) return entry;
  const answer = await ticketing.leaveWaitlist(entryId, patienceMs);
  switch (answer.kind) {
    case 'entry':
      await waitlist.apply(answer.entry);
      return ownEntry(dependencies, caller, entryId);
    case 'offered':
      // The booking may be news here, and it is what the person acts on next.
      await askAboutEntry(dependencies, entry);
      throw offered(entryId, answer.bookingId);
    case 'not_found': {
      await askAboutEntry(dependencies, entry);
      const present = await ownEntry(dependencies, caller, entryId);
      if (!isActive(present)) return present;
      throw present.version === 0 ? notBegun(entryId) : notKnown();
    }
    case 'refused':
    case 'unknown':
      throw notKnown();
  }
}

/**
 * Leaves all queues of a person who goes. Nothing is left while a seat is offered: returns the bookings of the offers,
 * which come first. Throws 503 while ticket-app does not tell, and what `leaveWaitlist` throws.
 */
export async function leaveAllQueues(
  dependencies: Dependencies,
  caller: Caller,
  customerId: string,
): Promise<string[]> {
  const entries = await dependencies.waitlist.activeOf(customerId);
  if (entries.length === 0) return [];
  const told = await dependencies.ticketing.activeEntries(customerId);
  if (!told) throw notKnown();
  const offers = told.flatMap(({ status, bookingId }) => (status === 'OFFERED' && bookingId ? [bookingId] : []));
  if (offers.length > 0) return offers;
  for (const entry of entries) await leaveWaitlist(dependencies, caller, entry._id);
  return [];
}
