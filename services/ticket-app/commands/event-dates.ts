import type { Event } from '../models/event.ts';

type Dates = Pick<Event, 'startsAt' | 'endsAt' | 'salesStartAt' | 'salesEndAt'> & {
  doorsAt?: Date | null;
  cancellableUntil?: Date | null;
};

/** What does not fit among an event's dates, or undefined. */
export function datesFault(dates: Dates): { field: string; message: string } | undefined {
  const { startsAt, endsAt, doorsAt, salesStartAt, salesEndAt, cancellableUntil } = dates;
  if (endsAt <= startsAt) return { field: 'endsAt', message: 'must be after startsAt' };
  if (doorsAt && doorsAt > startsAt) return { field: 'doorsAt', message: 'must not be after startsAt' };
  if (salesEndAt <= salesStartAt) return { field: 'salesEndAt', message: 'must be after salesStartAt' };
  if (salesEndAt > endsAt) return { field: 'salesEndAt', message: 'must not be after endsAt' };
  if (cancellableUntil && cancellableUntil > endsAt)
    return { field: 'cancellableUntil', message: 'must not be after endsAt' };
  return undefined;
}
