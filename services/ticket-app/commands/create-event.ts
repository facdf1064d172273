import { createHash } from 'node:crypto';
import { v5 as idFromName } from 'uuid';
import { newId } from '../../../lib/ids.ts';
import type { Event } from '../models/event.ts';
import type { EventLedger } from '../models/event-ledger.ts';
import { datesFault } from './event-dates.ts';

export type NewEvent = Omit<
  Event,
  '_id' | 'cityKey' | 'status' | 'work' | 'imports' | 'createdFrom' | 'version' | 'createdAt'
> & { eventId?: string };

export type CreateAnswer =
  | { outcome: 'created' | 'existed'; event: Event }
  | { outcome: 'invalid'; field: string; message: string }
  /** The id, or the Idempotency-Key, was used for another event. */
  | { outcome: 'taken' };

/** A name space of our own for ids made from Idempotency-Keys (RFC 9562, version 5). */
const keySpace = '6f6d1f0e-52a1-4c0b-9f53-0d6f0c8f2f7a';

export type CreateEvent = ReturnType<typeof createCreateEvent>;

/** Creates a draft. The same call again (same id or same key, same content) answers with the event that exists. */
export function createCreateEvent(events: EventLedger) {
  return async ({ eventId, ...fields }: NewEvent, key?: { userId: string; key: string }): Promise<CreateAnswer> => {
    const fault = datesFault(fields);
    if (fault) return { outcome: 'invalid', ...fault };
    const id = eventId ?? (key ? idFromName(`${key.userId}/${key.key}`, keySpace) : newId());
    const createdFrom = createHash('sha256').update(JSON.stringify(fields)).digest('base64url');
    const created = { imports: 0, createdFrom, version: 1, createdAt: new Date() };
    const cityKey = fields.city.toLowerCase();
    const event: Event = { _id: id, ...fields, cityKey, status: 'draft', ...created };
    if (await events.insert(event)) return { outcome: 'created', event };
    const existing = await events.find(id);
    return existing?.createdFrom === createdFrom ? { outcome: 'existed', event: existing } : { outcome: 'taken' };
  };
}
