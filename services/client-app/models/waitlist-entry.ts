import { Schema } from 'mongoose';
import { oneOf } from '../../../lib/contracts/primitives.ts';
import type { WaitlistEntryView, WaitlistStatus } from '../../../lib/contracts/waitlist.ts';
import type { Check } from './booking.ts';

/** ticket-app's words and two of client-app's own: not answered yet, and never put into the queue. */
export type EntryStatus = 'REQUESTED' | WaitlistStatus | 'NOT_JOINED';
export const EntryStatus = oneOf([
  'REQUESTED',
  'WAITING',
  'OFFERED',
  'FULFILLED',
  'LAPSED',
  'DECLINED',
  'LEFT',
  'CLOSED',
  'NOT_JOINED',
] satisfies EntryStatus[]);

/** A place in a seat's queue as client-app keeps it: what ticket-app told last, and what client-app adds (the last part). */
export interface WaitlistEntry {
  _id: string;
  customerId: string;
  eventId: string;
  seatId: string;
  /** ticket-app's counter; 0 is what client-app wrote alone (K-5). */
  version: number;
  status: EntryStatus;
  /** The booking by which the seat was offered last. */
  bookingId?: string;
  history: { at: Date; step: string; text: string; position?: number }[];
  createdAt: Date;

  /** Whether it can still come to something; follows from the status, and is stored to sort by it. */
  active: boolean;
  /** ticket-app puts nobody into the queue after it. Absent on entries that did not begin here. */
  joinBefore?: Date;
  /** Another call was made for it before there was an answer: what one of them was told may not be all that was done. */
  repeated?: boolean;
  /** When ticket-app is asked, if nothing is heard until then; absent once nothing more can come. */
  check?: Check;
  updatedAt: Date;
}

/** An entry with its place in the queue, where ticket-app told it just now: nobody else knows it. */
export type EntryNow = WaitlistEntry & { position?: number };

const part = (definition: Record<string, unknown>) => new Schema(definition, { _id: false, strict: 'throw' });
const text = { type: String, required: true };
const instant = { type: Date, required: true };
const count = { type: Number, required: true };

export const waitlistEntrySchema = new Schema<WaitlistEntry>(
  {
    _id: text,
    customerId: text,
    eventId: text,
    seatId: text,
    version: count,
    status: text,
    bookingId: String,
    history: [part({ at: instant, step: text, text, position: Number })],
    createdAt: instant,
    active: { type: Boolean, required: true },
    joinBefore: Date,
    repeated: Boolean,
    check: part({ nextAttemptAt: Date, leasedUntil: Date, leaseId: String, tries: count }),
    updatedAt: instant,
  },
  { strict: 'throw', versionKey: false },
);

export const isActive = ({ status }: Pick<WaitlistEntry, 'status'>): boolean =>
  status === 'REQUESTED' || status === 'WAITING' || status === 'OFFERED';

export const historyToldBy = ({ history }: WaitlistEntryView): WaitlistEntry['history'] =>
  history.map(({ at, step, text: told, position }) => ({
    at: new Date(at),
    step,
    text: told,
    ...(position !== undefined && { position }),
  }));

/** The fields of which ticket-app is the source, as stored; one it does not tell is undefined here, and is taken away. */
export const entryToldBy = (view: WaitlistEntryView) => ({
  eventId: view.eventId,
  seatId: view.seatId,
  version: view.version,
  status: view.status,
  active: isActive(view),
  bookingId: view.bookingId,
  history: historyToldBy(view),
});

/**
 * A stored entry by what ticket-app tells just now: its position, and its state where that is newer. Nothing is stored:
 * an answer that lists entries may leave out their history.
 */
export function asToldNow(entry: WaitlistEntry, view: WaitlistEntryView | undefined): EntryNow {
  if (!view || view.version < entry.version) return entry;
  const { history, bookingId, ...told } = entryToldBy(view);
  return {
    ...entry,
    ...told,
    ...(bookingId !== undefined && { bookingId }),
    ...(history.length > entry.history.length || entry.version === 0 ? { history } : {}),
    ...(view.position !== undefined && { position: view.position }),
  };
}
