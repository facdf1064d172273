import type { InvariantName, RemedyName } from './kinds/kind.ts';
import { type KindName, kindOf } from './kinds/kinds.ts';
import type { EventRecords } from './records.ts';

/** What a disagreement is about. */
export interface Subject {
  eventId?: string;
  seatId?: string;
  bookingId?: string;
  entryId?: string;
  webhookId?: string;
  /** Other documents that disagree with it: bookings, entries. */
  others?: readonly string[];
}

/** One disagreement between documents. */
export interface Violation {
  kind: KindName;
  invariant: InvariantName;
  /** A plain sentence. */
  what: string;
  /** Of the documents that disagree: seats, bookings, entries, webhooks. */
  ids: string[];
  /** What it most likely comes from, and what an operator does. */
  cause: string;
  help: string;
  /** What `--fix` does about it; absent: it is not safe to mend. */
  fix?: RemedyName;
  subject: Subject;
}

/** What a caller was told with a 2xx, and must be so for ever. */
export type Acknowledged =
  /** `status`: as it was told, where it was an end. */
  | { kind: 'booking' | 'entry'; id: string; status?: string | undefined }
  | { kind: 'payment'; bookingId: string; attemptId: string };

export interface Circumstances {
  /** The moment of the audit. */
  now: Date;
  /** What has changed since then may still be on its way: nothing is demanded of it that takes time. */
  quietSince: Date;
  acknowledged: readonly Acknowledged[];
}

/** Looks for one invariant's violations among the records of one event. A pure function. */
export type Invariant = (records: EventRecords, circumstances: Circumstances) => Violation[];

/** A seat is named with its event: its own id is one in each hall. */
function idsOf({ seatId, bookingId, entryId, webhookId, others = [], eventId }: Subject): string[] {
  const ids = [bookingId, entryId, webhookId, ...others].filter((id) => id !== undefined);
  const seat = seatId === undefined ? [] : [...(eventId === undefined ? [] : [eventId]), seatId];
  if (seat.length > 0) return [...seat, ...ids];
  return ids.length > 0 || eventId === undefined ? ids : [eventId];
}

/** Puts ids in the place of `{booking}` and the like. */
export function withIds(text: string, { seatId, bookingId, entryId, webhookId, eventId }: Subject): string {
  const known = { seat: seatId, booking: bookingId, entry: entryId, webhook: webhookId, event: eventId };
  return text.replace(/\{(\w+)\}/g, (gap, name: string) => known[name as keyof typeof known] ?? gap);
}

/** A violation, if it is one. */
export function unless(name: KindName, holds: boolean, what: string, subject: Subject): Violation[] {
  if (holds) return [];
  const { invariant, cause, help, fix } = kindOf(name);
  const told = { kind: name, invariant, what, ids: idsOf(subject), cause, help: withIds(help, subject), subject };
  return [{ ...told, ...(fix && { fix }) }];
}

export const quiet = ({ quietSince }: Circumstances, ...changes: Array<Date | undefined>): boolean =>
  changes.every((at) => at === undefined || at <= quietSince);
