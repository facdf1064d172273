import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import { byId, type EventRecords } from '../records.ts';

/** I5: client-app's copies of places in queues are what they copy. */
export const entriesAtClientApp: Invariant = (records, circumstances) => [
  ...copies(records, circumstances),
  ...sources(records, circumstances),
];

function copies({ entries, clientEntries }: EventRecords, circumstances: Circumstances): Violation[] {
  const copyOf = byId(clientEntries);
  return entries.flatMap((entry) => {
    const { _id: entryId, eventId, seatId, customerId, status, version, changedAt } = entry;
    if (!quiet(circumstances, changedAt)) return [];
    const copy = copyOf.get(entryId);
    const isSame =
      copy?.version === version &&
      copy.status === status &&
      copy.seatId === seatId &&
      copy.customerId === customerId &&
      copy.bookingId === entry.bookingId;
    const has = copy ? `${copy.status} (version ${copy.version})` : 'nothing';
    const what = `The entry is ${status} (version ${version}); client-app has ${has}${copy?.version === version ? ', otherwise' : ''}.`;
    return unless('entry_copy_differs', isSame, what, { eventId, entryId });
  });
}

function sources({ eventId, entries, clientEntries }: EventRecords, circumstances: Circumstances): Violation[] {
  const sourceOf = byId(entries);
  return clientEntries.flatMap(({ _id: entryId, status, version, joinBefore }) => {
    const isDue = joinBefore !== undefined && joinBefore <= circumstances.quietSince;
    const isUnanswered = version === 0 && status === 'REQUESTED' && isDue;
    const isLost = version > 0 && !sourceOf.has(entryId);
    return [
      ...unless('entry_unanswered', !isUnanswered, 'client-app never learned what became of the entry.', {
        eventId,
        entryId,
      }),
      ...unless('entry_lost', !isLost, 'client-app knows an entry that ticket-app does not.', { eventId, entryId }),
    ];
  });
}
