import type { Connection } from 'mongoose';
import type { EventStatus } from '../../../lib/contracts/event.ts';
import { afterOldestFirst, decodeCursor, pageOf } from '../../../lib/mongo/cursor.ts';
import { cutOffOf, type Event, eventModel, isOnSale } from '../models/event.ts';
import type { CountSeats, SeatCounts } from './count-seats.ts';

/** An event with what is not stored on it. */
export interface EventNow {
  event: Event;
  onSale: boolean;
  cancellableUntil: Date;
  seats: SeatCounts;
}

export interface EventFilter {
  status?: EventStatus;
  city?: string;
  from?: Date;
  to?: Date;
  /** Words of the title, the venue or the organizer's name. */
  q?: string;
  cursor?: string;
  limit: number;
  /** Drafts are not for buyers. */
  drafts: boolean;
}

/** How old the counts of a list, and of a single event, may be. */
const listAgeMs = 2_000;
const eventAgeMs = 250;

export type FindEvents = ReturnType<typeof createFindEvents>;

export function createFindEvents(connection: Connection, counter: CountSeats) {
  const events = eventModel(connection);

  const asOfNow = async (event: Event, maxAgeMs: number): Promise<EventNow> => ({
    event,
    onSale: isOnSale(event, new Date()),
    cancellableUntil: cutOffOf(event),
    seats: await counter.counts(event._id, maxAgeMs),
  });

  /** The event, or null if there is none, or only a draft where drafts may not be seen. */
  async function one(eventId: string, drafts: boolean): Promise<EventNow | null> {
    const event = await events.findById(eventId).lean<Event | null>();
    if (!event || (event.status === 'draft' && !drafts)) return null;
    return asOfNow(event, eventAgeMs);
  }

  /** Soonest first. Throws a 400 problem for a cursor that is not of this list. */
  async function page(filter: EventFilter): Promise<{ events: EventNow[]; nextCursor?: string }> {
    const { rows, nextCursor } = pageOf(await eventQuery(connection, filter), filter.limit, positionOf);
    const now = await Promise.all(rows.map((event) => asOfNow(event, listAgeMs)));
    return { events: now, ...(nextCursor !== undefined && { nextCursor }) };
  }

  return { one, page };
}

const positionOf = (event: Event) => ({ at: event.startsAt, id: event._id });
const later = (a: Date | undefined, b: Date | undefined): Date | undefined => (a && b ? (a > b ? a : b) : (a ?? b));

/**
 * The query of a page, apart so that a test can have it explained: one row more than the limit, to tell whether more
 * follow. Without what can be long and is shown with the event alone.
 */
export function eventQuery(connection: Connection, filter: EventFilter) {
  const { status, city, to, q, cursor, limit, drafts } = filter;
  const position = cursor === undefined ? undefined : decodeCursor(cursor);
  // The page begins at the cursor's instant: with it in the bounds, the index is entered there and not read from the start.
  const from = later(filter.from, position?.at);
  return eventModel(connection)
    .find({
      ...(status !== undefined ? { status } : drafts ? {} : { status: { $ne: 'draft' } }),
      ...(status === 'draft' && !drafts && { _id: { $in: [] } }),
      ...(city !== undefined && { cityKey: city.toLowerCase() }),
      ...((from || to) && { startsAt: { ...(from && { $gte: from }), ...(to && { $lte: to }) } }),
      ...(q !== undefined && { $text: { $search: q } }),
      ...afterOldestFirst('startsAt', position),
    })
    .select({ 'cancellation.usedTickets': 0 })
    .sort({ startsAt: 1, _id: 1 })
    .limit(limit + 1)
    .lean<Event[]>();
}
