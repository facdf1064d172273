import type { WaitlistEntryView, WaitlistHistoryEntry } from '../../../lib/contracts/waitlist.ts';
import type { EntryInQueue, EntryWithStory } from '../commands/read-waitlist.ts';
import { storyOf } from './waitlist-story.ts';

const view = ({ entry, position }: EntryInQueue, history: WaitlistHistoryEntry[]): WaitlistEntryView => ({
  entryId: entry._id,
  customerId: entry.customerId,
  eventId: entry.eventId,
  seatId: entry.seatId,
  version: entry.version,
  status: entry.status,
  ...(position !== undefined && { position }),
  ...(entry.bookingId !== undefined && { bookingId: entry.bookingId }),
  history,
  joinedAt: entry.joinedAt.toISOString(),
});

/** An entry with its own history. */
export const presentEntry = (found: EntryInQueue): WaitlistEntryView => view(found, storyOf(found.entry, []));

/** An entry with everything that moved it, its own doing or that of those before it. */
export const presentEntryWithStory = (found: EntryWithStory): WaitlistEntryView =>
  view(found, storyOf(found.entry, found.before));
