import { type Static, Type } from 'typebox';

/** A closed list of words, as JSON Schema's `enum`. */
export const oneOf = <const W extends readonly string[]>(words: W) =>
  Type.Unsafe<W[number]>({ type: 'string', enum: [...words] });

/** Ids that Kursi or an organizer mints: safe in URLs, workflow ids and file names. */
export const Id = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  description: 'An id: letters, digits, . _ -',
});

/** Instants cross every border as ISO 8601 in UTC. */
export const Instant = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' });

/** An integer amount of the currency's smallest unit; the rupiah has no smaller one in use (ISO 4217 lists 2 decimals, no coin of them circulates). */
export const Money = Type.Object({
  amount: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 }),
  currency: Type.Literal('IDR'),
});
export type Money = Static<typeof Money>;

/** What the `timeline` of a booking is made of; texts are plain sentences without personal data. */
export const TimelineEntry = Type.Object({ at: Instant, step: Type.String(), text: Type.String() });
export type TimelineEntry = Static<typeof TimelineEntry>;
