import { createHash } from 'node:crypto';
import { newId } from '../../../lib/ids.ts';
import type { IdempotencyKeys } from '../../../lib/mongo/idempotency-keys.ts';
import { cityKeyOf, type Event, titleKeyOf } from '../models/event.ts';
import type { EventLedger } from '../models/event-ledger.ts';
import { datesFault } from './event-dates.ts';
import { type Prices, pricesOf } from './price-list.ts';

export type NewEvent = Omit<
  Event,
  | '_id'
  | 'titleKey'
  | 'cityKey'
  | 'status'
  | 'work'
  | 'cancellation'
  | 'imports'
  | 'createdFrom'
  | 'repricing'
  | keyof Prices
  | 'version'
  | 'createdAt'
> & { eventId?: string };

export type CreateAnswer =
  | { outcome: 'created' | 'existed'; event: Event }
  | { outcome: 'invalid'; field: string; message: string }
  /** The id is that of another event; or the Idempotency-Key was used for one; or another sells this of the organizer's. */
  | { outcome: 'taken' | 'key_reused' | 'ref_taken' };

/** Whose Idempotency-Key it is. */
interface KeyOfEvent {
  user: string;
  key: string;
}

export type CreateEvent = ReturnType<typeof createCreateEvent>;

/** Creates a draft. The same call again (same id or same key, same content) answers with the event that exists. */
export function createCreateEvent(events: EventLedger, keys: IdempotencyKeys) {
  /** The id it is to have: its own, or the one that its key names. Undefined: the key names another event. */
  async function idOf(wanted: NewEvent, keyed: KeyOfEvent | undefined): Promise<string | undefined> {
    const resultId = wanted.eventId ?? newId();
    return keyed ? keys.claim({ ...keyed, route: 'POST /events', wanted, resultId }) : resultId;
  }

  return async (wanted: NewEvent, keyed?: KeyOfEvent): Promise<CreateAnswer> => {
    const { eventId: _, ...fields } = wanted;
    const fault = datesFault(fields);
    if (fault) return { outcome: 'invalid', ...fault };
    const id = await idOf(wanted, keyed);
    if (id === undefined) return { outcome: 'key_reused' };
    const createdFrom = createHash('sha256').update(JSON.stringify(fields)).digest('base64url');
    const event: Event = {
      _id: id,
      ...fields,
      titleKey: titleKeyOf(fields.title),
      cityKey: cityKeyOf(fields.city),
      status: 'draft',
      ...pricesOf([]),
      imports: 0,
      createdFrom,
      version: 1,
      createdAt: new Date(),
    };
    if (await events.insert(event)) return { outcome: 'created', event };
    const existing = await events.find(id);
    if (!existing) return { outcome: 'ref_taken' };
    return existing.createdFrom === createdFrom ? { outcome: 'existed', event: existing } : { outcome: 'taken' };
  };
}
