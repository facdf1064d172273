// What a run leaves to be judged: what people asked and were told, and how everything ended.
import type { Databases } from '../../scripts/audit/records.ts';
import type { Booking } from '../../services/client-app/models/booking.ts';
import type { Invoice } from '../../services/payment-app/models/invoice.ts';
import type { WaitlistEntry } from '../../services/ticket-app/models/waitlist-entry.ts';
import type { Said, Seen } from '../race/recorder.ts';

/** A booking as its buyer is told of it in the end. */
export interface EndedBooking {
  bookingId: string;
  customerId: string;
  eventId: string;
  seatIds: string[];
  status: string;
  version: number;
  /** It was offered to somebody who waited, and nobody called for it. */
  isOffer: boolean;
}

export interface EndedEntry {
  entryId: string;
  eventId: string;
  seatId: string;
  status: string;
  seq: number;
  /** When it was offered the seat, and when it ended; milliseconds since 1970. */
  offeredAt: number[];
  endedAt: number | undefined;
}

export interface EndedInvoice {
  bookingId: string;
  attempts: Array<{ attemptId: string; key: string; method: string; outcome: string | undefined }>;
  isRefunded: boolean;
}

export interface History {
  said: readonly Said[];
  seen: readonly Seen[];
  bookings: readonly EndedBooking[];
  entries: readonly EndedEntry[];
  invoices: readonly EndedInvoice[];
}

/** A history, with what is looked for in it again and again. */
export interface KnownHistory extends History {
  /** All that people asked of one kind, in the order of the answers. */
  of: (what: Said['asked']['do']) => readonly Said[];
  /** When somebody first asked to cancel a booking, by its id. */
  cancelledAt: ReadonlyMap<string, number>;
}

export function grouped<T>(list: readonly T[], keyOf: (one: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const key = keyOf(one);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

export function known(history: History): KnownHistory {
  const byKind = grouped(history.said, ({ asked }) => asked.do);
  const of: KnownHistory['of'] = (what) => byKind.get(what) ?? [];
  const cancelled = [...grouped(of('cancel'), ({ asked }) => asked.id)];
  const cancelledAt = new Map(cancelled.map(([id, calls]) => [id, Math.min(...calls.map(({ from }) => from))]));
  return { ...history, of, cancelledAt };
}

/** How everything in these events ended. */
export async function endsOf(
  databases: Databases,
  eventIds: readonly string[],
): Promise<Omit<History, 'said' | 'seen'>> {
  const ofEvents = { eventId: { $in: [...eventIds] } };
  const all = <T extends object>(database: keyof Databases, name: string, filter: object) =>
    databases[database].collection(name).find(filter).toArray() as unknown as Promise<T[]>;
  const bookings = await all<Booking>('client-app', 'bookings', ofEvents);
  const entries = await all<WaitlistEntry>('ticket-app', 'waitlist_entries', ofEvents);
  const invoices = await all<Invoice>('payment-app', 'invoices', { _id: { $in: bookings.map(({ _id }) => _id) } });
  return {
    bookings: bookings.map(({ _id, waitlistEntryId, ...booking }) => {
      const { customerId, eventId, seatIds, status, version } = booking;
      return { bookingId: _id, customerId, eventId, seatIds, status, version, isOffer: waitlistEntryId !== undefined };
    }),
    entries: entries.map(({ _id, eventId, seatId, status, seq, history, endedAt }) => {
      const offeredAt = history.filter(({ step }) => step === 'offered').map(({ at }) => at.getTime());
      return { entryId: _id, eventId, seatId, status, seq, offeredAt, endedAt: endedAt?.getTime() };
    }),
    invoices: invoices.map(({ _id, attempts, refund }) => ({
      bookingId: _id,
      attempts: attempts.map(({ attemptId, key, method, outcome }) => ({ attemptId, key, method, outcome })),
      isRefunded: refund !== undefined,
    })),
  };
}
