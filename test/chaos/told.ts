// What people were told in a small run that went well.
import type { Said, Seen } from '../race/recorder.ts';
import type { EndedBooking, EndedEntry, EndedInvoice, History } from './history.ts';

/** Seconds after the run began, in milliseconds since 1970. */
export const second = (n: number): number => 1_800_000_000_000 + n * 1_000;
const at = (n: number): string => new Date(second(n)).toISOString();

export const said = (
  who: string,
  from: number,
  asked: Said['asked'],
  status: number | undefined,
  told: Said['told'],
): Said => ({
  from: second(from),
  to: second(from + 1),
  who,
  asked,
  status,
  told,
});
export const booked = (who: string, from: number, bookingId: string, more: Partial<Said['told']> = {}): Said =>
  said(who, from, { do: 'book', key: `key-of-${bookingId}`, eventId: 'e', seatIds: ['A'] }, 201, {
    bookingId,
    status: 'AWAITING_PAYMENT',
    version: 3,
    expiresAt: at(from + 60),
    ...more,
  });
export const paid = (who: string, from: number, id: string): Said =>
  said(who, from, { do: 'pay', key: `pay-${id}`, id, method: 'card' }, 202, {
    attemptId: `try-${id}`,
    status: 'PROCESSING',
  });
const cancelled = (who: string, from: number, id: string): Said =>
  said(who, from, { do: 'cancel', id }, 200, { bookingId: id, status: 'CANCELLED', version: 7 });
const joined = (who: string, from: number, entryId: string): Said =>
  said(who, from, { do: 'join', key: `join-${entryId}`, eventId: 'e', seatIds: ['A'] }, 201, {
    entryId,
    status: 'WAITING',
  });
export const sold = (who: string, from: number, bookingId: string): Seen => ({
  from: second(from),
  to: second(from + 1),
  who,
  bookingId,
  status: 'CONFIRMED',
  version: 5,
});

export const booking = (bookingId: string, customerId: string, status: string, version: number): EndedBooking => ({
  bookingId,
  customerId,
  eventId: 'e',
  seatIds: ['A'],
  status,
  version,
  isOffer: false,
});
export const invoice = (bookingId: string, isRefunded = false): EndedInvoice => ({
  bookingId,
  attempts: [{ attemptId: `try-${bookingId}`, key: `pay-${bookingId}`, method: 'card', outcome: 'paid' }],
  isRefunded,
});
const entry = (entryId: string, seq: number, more: Partial<EndedEntry> = {}): EndedEntry => ({
  entryId,
  eventId: 'e',
  seatId: 'A',
  status: 'WAITING',
  seq,
  offeredAt: [],
  endedAt: undefined,
  ...more,
});

/** Ayu buys seat A and gives it back; Bagus, then Citra wait; Bagus is offered it and buys it. */
export function happy() {
  const offer = { ...booking('bagus-1', 'bagus', 'CONFIRMED', 5), isOffer: true };
  return {
    said: [
      said('ayu', 0, { do: 'book', key: 'key-of-b1', eventId: 'e', seatIds: ['A'] }, undefined, {}),
      booked('ayu', 2, 'b1'),
      paid('ayu', 4, 'b1'),
      joined('bagus', 6, 'bagus'),
      joined('citra', 8, 'citra'),
      cancelled('ayu', 12, 'b1'),
      paid('bagus', 16, 'bagus-1'),
    ],
    seen: [sold('ayu', 10, 'b1'), sold('bagus', 18, 'bagus-1')],
    bookings: [booking('b1', 'ayu', 'CANCELLED', 7), offer],
    entries: [
      entry('bagus', 1, { status: 'FULFILLED', offeredAt: [second(13)], endedAt: second(17) }),
      entry('citra', 2),
    ],
    invoices: [invoice('b1', true), invoice('bagus-1')],
  } satisfies History;
}
/** All went well: the tests change it. */
export type Happy = ReturnType<typeof happy>;
