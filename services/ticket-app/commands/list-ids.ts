import type { Connection, Model, QueryFilter } from 'mongoose';
import type { IdPage } from '../../../lib/contracts/operations.ts';
import { bookingModel } from '../models/booking.ts';
import { eventModel } from '../models/event.ts';
import { waitlistEntryModel } from '../models/waitlist-entry.ts';

export interface IdQuery {
  /** Of this event only. */
  eventId?: string;
  /** Begins after this id. */
  after?: string;
  limit: number;
}

type Find = (connection: Connection, filter: QueryFilter<{ _id: string }>, limit: number) => Promise<{ _id: string }[]>;

const idsOf =
  <Doc extends { _id: string }>(modelOf: (connection: Connection) => Model<Doc>): Find =>
  (connection, filter, limit) =>
    modelOf(connection)
      .find(filter as QueryFilter<Doc>)
      .select({ _id: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .lean<{ _id: string }[]>();

const models = {
  bookings: idsOf(bookingModel),
  'waitlist-entries': idsOf(waitlistEntryModel),
  events: idsOf(eventModel),
};

export type ListIds = ReturnType<typeof createListIds>;

/**
 * The ids of what others keep a copy of, in the order of the ids themselves: whoever walks through them can stop and go on
 * at any id, and misses nothing that was there when the walk began.
 */
export function createListIds(connection: Connection) {
  return async (of: keyof typeof models, { eventId, after, limit }: IdQuery): Promise<IdPage> => {
    const ofEvent = eventId === undefined ? [] : [of === 'events' ? { _id: eventId } : { eventId }];
    const beyond = after === undefined ? [] : [{ _id: { $gt: after } }];
    const rows = await models[of](connection, { $and: [{}, ...ofEvent, ...beyond] }, limit);
    const ids = rows.map(({ _id }) => _id);
    const last = ids.at(-1);
    return { ids, ...(ids.length === limit && last !== undefined && { next: last }) };
  };
}
