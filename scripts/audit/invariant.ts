import type { EventRecords } from './records.ts';

export type InvariantName = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6';

/** One disagreement between documents. */
export interface Violation {
  invariant: InvariantName;
  /** A plain sentence. */
  what: string;
  /** Of the documents that disagree: bookings, entries, seats. */
  ids: string[];
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

/** A violation, if it is one. */
export const unless = (invariant: InvariantName, holds: boolean, what: string, ids: string[]): Violation[] =>
  holds ? [] : [{ invariant, what, ids }];

export const quiet = ({ quietSince }: Circumstances, ...changes: Array<Date | undefined>): boolean =>
  changes.every((at) => at === undefined || at <= quietSince);
