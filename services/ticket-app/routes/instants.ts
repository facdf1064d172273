import { invalidRequest } from '../../../lib/http/problem.ts';

/** Reads an instant that fits the schema. Throws a 400 problem for the few that do and are none (a leap second). */
export function instant(field: string, text: string): Date {
  const read = new Date(text);
  if (Number.isNaN(read.getTime())) throw invalidRequest(field, 'is not an instant');
  return read;
}

/** The same where null takes the instant away. */
export const optionalInstant = (field: string, text: string | null): Date | null =>
  text === null ? null : instant(field, text);

const names = ['startsAt', 'endsAt', 'salesStartAt', 'salesEndAt'] as const;
type Name = (typeof names)[number];
type WithDates<T> = { [K in keyof T]: K extends Name ? Date | Exclude<T[K], string> : T[K] };

/** The same fields, with an event's instants read. */
export function instants<T extends Partial<Record<Name, string>>>(fields: T): WithDates<T> {
  const read = names.flatMap((name) => {
    const text = fields[name];
    return text === undefined ? [] : [[name, instant(`body.${name}`, text)]];
  });
  return { ...fields, ...Object.fromEntries(read) } as WithDates<T>;
}
