import { Type } from 'typebox';
import { Id, Money } from '../../../lib/contracts/primitives.ts';

/** Printable, not blank, and not the mark that a wrong encoding leaves. */
const label = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f\\ufffd]+$' });

/** What a seat is told by, on a ticket and on a map. */
export const seatLabels = {
  section: label(40),
  row: label(10),
  number: label(10),
  category: label(40),
};

/** A seat as admins give it, in JSON and, checked by the same schema, in a CSV file. */
export const NewSeatFields = Type.Object(
  { seatId: Id, ...seatLabels, price: Type.Object(Money.properties, { additionalProperties: false }) },
  { additionalProperties: false },
);
