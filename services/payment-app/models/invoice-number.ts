import { randomInt } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U, so that a number read aloud is not misheard. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const letters = (count: number) => Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join('');

/** A number for people, e.g. INV-261121-7H2K-9QXM: the day in Jakarta and 40 random bits. A name, not a secret. */
export function newInvoiceNumber(at = new Date()): string {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Jakarta', dateStyle: 'short' }).format(at);
  return `INV-${day.replaceAll('-', '').slice(2)}-${letters(4)}-${letters(4)}`;
}
