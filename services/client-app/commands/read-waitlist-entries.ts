import { forbidden, notFound } from '../../../lib/http/problem.ts';
import type { Caller } from '../auth/signed-in.ts';
import type { Dependencies } from '../dependencies.ts';
import type { EntriesQuery } from '../models/waitlist-entries.ts';
import { asToldNow, type EntryNow, EntryStatus, isActive, type WaitlistEntry } from '../models/waitlist-entry.ts';
import { askAboutEntry } from './ask-about-entry.ts';

export { EntryStatus };

/** A place in a queue as it is stored, to its owner or to an admin; to others it does not exist. */
export async function ownEntry({ waitlist }: Dependencies, caller: Caller, entryId: string): Promise<WaitlistEntry> {
  const entry = await waitlist.find(entryId);
  if (!entry || (entry.customerId !== caller.userId && caller.role !== 'admin')) throw notFound('waitlist_entry');
  return entry;
}

/**
 * A place in a queue with its history, and with its position while ticket-app tells it: that changes by what others do,
 * and stands in nobody's document. Without ticket-app: what was told last.
 */
export async function readEntry(dependencies: Dependencies, caller: Caller, entryId: string): Promise<EntryNow> {
  const entry = await ownEntry(dependencies, caller, entryId);
  // Of one that has ended, too: notifications tell its own history, and ticket-app also what those before it did.
  if (entry.status === 'NOT_JOINED') return entry;
  const told = await askAboutEntry(dependencies, entry);
  return asToldNow(await ownEntry(dependencies, caller, entryId), told);
}

/** A page of a person's places, the active ones first and with their positions; an admin may name somebody else. */
export async function listEntries(
  { waitlist, ticketing }: Dependencies,
  caller: Caller,
  query: Omit<EntriesQuery, 'customerId' | 'status'> & { customerId?: string; status?: EntryStatus },
): Promise<{ rows: EntryNow[]; nextCursor?: string }> {
  const customerId = query.customerId ?? caller.userId;
  if (customerId !== caller.userId && caller.role !== 'admin') throw forbidden('These are not your places in queues.');
  const { rows, ...more } = await waitlist.page({ ...query, customerId });
  const told = rows.some(isActive) ? await ticketing.activeEntries(customerId) : undefined;
  const toldById = new Map(told?.map((view) => [view.entryId, view]));
  return { rows: rows.map((row) => asToldNow(row, toldById.get(row._id))), ...more };
}
