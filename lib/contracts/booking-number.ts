import { createHash } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U, so that a number read aloud is not misheard (https://www.crockford.com/base32.html). */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The number people use for a booking: 40 bits of a hash of its id, e.g. KRS-7H2K-9QXM. It is a name, not a secret and not a key. */
export function bookingNumber(bookingId: string): string {
  const digest = createHash('sha256').update(bookingId).digest();
  const letters = [...digest.subarray(0, 8)].map((byte) => alphabet[byte % 32]);
  return `KRS-${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
}

/** The number printed on one seat's ticket, e.g. KRS-7H2K-9QXM-2; `index` counts the booking's seats from 0. */
export const ticketNumber = (bookingId: string, index: number): string => `${bookingNumber(bookingId)}-${index + 1}`;

/** The numbers of all tickets of a booking. */
export const ticketNumbersOf = (bookingId: string, seats: number): string[] =>
  Array.from({ length: seats }, (_, index) => ticketNumber(bookingId, index));
