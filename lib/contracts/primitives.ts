import { type Static, Type } from 'typebox';

/** A closed list of words, as JSON Schema's `enum`. */
export const oneOf = <const W extends readonly string[]>(words: W) =>
  Type.Unsafe<W[number]>({ type: 'string', enum: [...words] });

/** Ids that Kursi or an organizer mints: safe in URLs, workflow ids and file names. */
export const Id = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  description: 'An id: letters, digits, . _ -',
});

/** Text of one line: no control characters. */
export const Line = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000-\\u001f\\u007f]*$', description: 'text of one line' });

/** Printed on the ticket; stored in the databases of client-app and ticket-app, never in Temporal. */
export const CustomerName = Type.String({ minLength: 1, maxLength: 120, pattern: '^[^\\u0000-\\u001f\\u007f]+$' });

/** The id of a Temporal workflow, e.g. `booking/<id>`. */
export const WorkflowId = Type.String({ pattern: '^[\\x21-\\x7e]{1,200}$' });

/** Counts changes, and stays a number that can be added to. */
export const Version = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** Instants cross every border as ISO 8601 in UTC. No leap seconds (`:60`), which no `Date` can hold. */
export const Instant = Type.String({
  format: 'date-time',
  not: { type: 'string', pattern: '^.{17}6' },
  description: 'ISO 8601, UTC',
});

/** An integer amount of the currency's smallest unit; the rupiah has no smaller one in use (ISO 4217 lists 2 decimals, no coin of them circulates). */
export const Money = Type.Object({
  amount: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 }),
  currency: Type.Literal('IDR'),
});
export type Money = Static<typeof Money>;

/** What the `timeline` of a booking is made of; texts are plain sentences without personal data. */
export const TimelineEntry = Type.Object({ at: Instant, step: Type.String(), text: Type.String() });
export type TimelineEntry = Static<typeof TimelineEntry>;
