import { type Static, Type } from 'typebox';
import { ordinal } from '../../../lib/contracts/ordinal.ts';
import { Id, Instant, Version } from '../../../lib/contracts/primitives.ts';
import { WaitlistHistoryEntry } from '../../../lib/contracts/waitlist.ts';
import { EntryStatus } from '../commands/read-waitlist-entries.ts';
import type { EntryNow } from '../models/waitlist-entry.ts';

export const entriesPath = '/waitlist-entries';
export const entryPath = (entryId: string): string => `${entriesPath}/${entryId}`;

const textOfStatus: Record<EntryStatus, string> = {
  REQUESTED: 'Your place in the queue is being taken.',
  WAITING: 'You are in the queue for this seat.',
  OFFERED: 'The seat is yours if you pay in time. To decline it, cancel its booking.',
  FULFILLED: 'You got the seat.',
  LAPSED: 'The seat was offered to you and not paid, so it went to the next person.',
  DECLINED: 'You declined the seat, so it went to the next person.',
  LEFT: 'You left the queue.',
  CLOSED: 'The queue ended: this seat is not for sale any more.',
  NOT_JOINED: 'You could not be put into the queue in time. Nothing was done; try again.',
};

const textOf = ({ status, position }: EntryNow): string =>
  status === 'WAITING' && position !== undefined
    ? `You are ${ordinal(position)} in the queue for this seat.`
    : textOfStatus[status];

const InList = {
  entryId: Id,
  customerId: Id,
  eventId: Id,
  seatId: Id,
  status: EntryStatus,
  statusText: Type.String({ description: 'The same for people.', examples: [textOfStatus.WAITING] }),
  version: Version,
  position: Type.Optional(
    Type.Integer({ minimum: 1, description: 'The place now, counted from 1, where it is known.' }),
  ),
  bookingId: Type.Optional(Id),
  bookingUrl: Type.Optional(Type.String({ examples: ['/bookings/b1'] })),
  createdAt: Instant,
};
export const EntryInListView = Type.Object(InList);
export const EntryView = Type.Object({ ...InList, history: Type.Array(WaitlistHistoryEntry) });

/** A place in a queue as its owner sees it: where it stands now, why it ended, what happened when. */
export function presentEntry(entry: EntryNow): Static<typeof EntryView> {
  const { _id: entryId, status, position, bookingId } = entry;
  return {
    entryId,
    customerId: entry.customerId,
    eventId: entry.eventId,
    seatId: entry.seatId,
    status,
    statusText: textOf(entry),
    version: entry.version,
    ...(position !== undefined && { position }),
    ...(bookingId !== undefined && { bookingId, bookingUrl: `/bookings/${bookingId}` }),
    history: entry.history.map(({ at, ...told }) => ({ at: at.toISOString(), ...told })),
    createdAt: entry.createdAt.toISOString(),
  };
}

/** A row of the list: the same without the history, which the entry itself tells. */
export function presentEntryInList(entry: EntryNow): Static<typeof EntryInListView> {
  const { history: _, ...row } = presentEntry(entry);
  return row;
}
