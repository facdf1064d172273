import type { EventRecords } from './records.ts';

export type InvariantName = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6';

/** One disagreement between documents. */
export interface Violation {
  invariant: InvariantName;
  /** A plain sentence. */
  what: string;
  /** Of the documents that disagree: bookings, entries, seats. */
  ids: string[];
  /** What it most likely comes from, and what helps. */
  cause: string;
}

/** Where a check knows nothing better. */
const causes: Record<InvariantName, string> = {
  I1: 'A process wrote without its fencing token, or somebody wrote to a database by hand: kursi booking show <id>.',
  I2: 'A payment or a refund was not followed by what belongs to it: kursi booking show <id>, then kursi webhooks replay --booking <id> --delivered.',
  I3: 'Whoever works on it is away, or its workflow was terminated: kursi status, then kursi booking show <id>.',
  I4: 'A promotion went past somebody who waited longer, or a history was changed by hand.',
  I5: 'A database was restored from a backup, lost a write that was acknowledged, or news has not arrived: kursi deliveries list, kursi projections rebuild.',
  I6: 'The payment app settled a try twice, or an invoice was changed by hand.',
};

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
export const unless = (
  invariant: InvariantName,
  holds: boolean,
  what: string,
  ids: string[],
  cause = causes[invariant],
): Violation[] => (holds ? [] : [{ invariant, what, ids, cause }]);

export const quiet = ({ quietSince }: Circumstances, ...changes: Array<Date | undefined>): boolean =>
  changes.every((at) => at === undefined || at <= quietSince);
