import type { WaitlistEntryView } from '../../../lib/contracts/waitlist.ts';
import type { Dependencies } from '../dependencies.ts';
import { joinIsOver } from '../models/next-check.ts';
import type { WaitlistEntry } from '../models/waitlist-entry.ts';

/**
 * Asks ticket-app how a place in a queue stands, stores it, and returns what it told. Of an entry that it does not know
 * once nobody can be put into a queue by it any more, it is certain that it never began: NOT_JOINED. No answer changes
 * nothing.
 */
export async function askAboutEntry(
  dependencies: Dependencies,
  entry: WaitlistEntry,
): Promise<WaitlistEntryView | undefined> {
  const { waitlist, ticketing, log } = dependencies;
  const answer = await ticketing.waitlistEntry(entry._id);
  if (answer.kind === 'entry') {
    await waitlist.apply(answer.entry);
    await learnOfOffer(dependencies, answer.entry);
    return answer.entry;
  }
  if (answer.kind !== 'not_found') return undefined;
  if (entry.version > 0) {
    log.error({ entryId: entry._id, status: entry.status }, 'ticket-app does not know an entry it told of');
  } else if (entry.status === 'REQUESTED' && joinIsOver(entry)) {
    await waitlist.endAsNotJoined(entry._id);
  }
  return undefined;
}

/** The booking of an offer, if its own notification has not come yet: somebody is to pay or to decline it. */
async function learnOfOffer({ bookings, ticketing }: Dependencies, view: WaitlistEntryView): Promise<void> {
  if (view.status !== 'OFFERED' || view.bookingId === undefined) return;
  if (await bookings.find(view.bookingId)) return;
  const answer = await ticketing.booking(view.bookingId);
  if (answer.kind === 'booking') await bookings.apply(answer.booking);
}
