import { cityKeyOf, type Event, eventLife, titleKeyOf } from '../models/event.ts';
import type { EventChanges, EventLedger } from '../models/event-ledger.ts';
import { type Change, guardOf, mismatchOf, refusalTo, type VersionMismatch } from '../models/event-owner.ts';
import { datesFault } from './event-dates.ts';

export type ChangeAnswer =
  | { outcome: 'changed'; event: Event }
  | { outcome: 'invalid'; field: string; message: string }
  | VersionMismatch
  /** Only admins hand an event to somebody else (`owner_is_set`), and say how long holds and offers are (`times_are_set`). */
  | {
      outcome:
        | 'unknown_event'
        | 'not_your_event'
        | 'owner_is_set'
        | 'times_are_set'
        | 'event_busy'
        | 'wrong_status'
        | 'ref_taken';
    };

/** More rivals at one time than an event has admins. */
const maxTries = 10;

export type ChangeEvent = ReturnType<typeof createChangeEvent>;

export function createChangeEvent(events: EventLedger) {
  /** Changes what is named. Bookings that exist keep what they were made of. */
  async function change(eventId: string, changes: EventChanges, by: Change): Promise<ChangeAnswer> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const event = await events.find(eventId);
      const refusal = refusalTo(by.viewer, event);
      if (!event || refusal) return { outcome: refusal ?? 'unknown_event' };
      if (changes.ownerId !== undefined && by.viewer.kind !== 'admin') return { outcome: 'owner_is_set' };
      const setsTimes = changes.holdSeconds !== undefined || changes.offerSeconds !== undefined;
      if (setsTimes && by.viewer.kind !== 'admin') return { outcome: 'times_are_set' };
      const mismatch = mismatchOf(event, by);
      if (mismatch) return mismatch;
      if (eventLife[event.status].length === 0) return { outcome: 'wrong_status' };
      if (event.work) return { outcome: 'event_busy' };
      const fault = organizerFault(event, changes) ?? datesFault({ ...event, ...withoutUndefined(changes) });
      if (fault) return { outcome: 'invalid', ...fault };
      const changed = await events.change(eventId, event.version, { ...changes, ...keysOf(changes) });
      if (changed === 'ref_taken') return { outcome: changed };
      if (changed) return { outcome: 'changed', event: changed };
    }
    return { outcome: 'event_busy' };
  }

  /** Publishes or ends an event; a repeat answers with the event as it is. */
  async function move(eventId: string, to: 'published' | 'ended', by: Change): Promise<ChangeAnswer> {
    const moved = await events.move(eventId, to, guardOf(by));
    if (moved) return { outcome: 'changed', event: moved };
    const event = await events.find(eventId);
    const refusal = refusalTo(by.viewer, event);
    if (!event || refusal) return { outcome: refusal ?? 'unknown_event' };
    if (event.status === to) return { outcome: 'changed', event };
    const mismatch = mismatchOf(event, by);
    if (mismatch) return mismatch;
    return { outcome: eventLife[event.status].includes(to) ? 'event_busy' : 'wrong_status' };
  }

  return { change, move };
}

/** What look-ups and orders go by follows what it is made of. */
const keysOf = ({ title, city }: EventChanges): EventChanges => ({
  ...(title !== undefined && { titleKey: titleKeyOf(title) }),
  ...(city !== undefined && { cityKey: cityKeyOf(city) }),
});

/** The organizer's system holds seats under its own name of the event: once sales can have begun, that cannot move. */
function organizerFault(event: Event, changes: EventChanges): { field: string; message: string } | undefined {
  if (event.status === 'draft') return undefined;
  const fields = ['organizer', 'organizerEventRef'] as const;
  const field = fields.find((name) => changes[name] !== undefined && changes[name] !== event[name]);
  return field && { field, message: 'cannot change once the event is published' };
}

const withoutUndefined = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
