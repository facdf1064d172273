import type { Connection } from 'mongoose';
import { cutOffOf, type Event, eventModel, isOnSale } from '../models/event.ts';
import { keeps, sees, type Viewer } from '../models/event-owner.ts';
import type { CountSeats, SeatCounts } from './count-seats.ts';
import { type EventList, eventQuery, pagesOfEvents } from './event-query.ts';

/** An event with what is not stored on it. */
export interface EventNow {
  event: Event;
  /** By whoever looks: they also see how its cancellation goes on. */
  isKept: boolean;
  onSale: boolean;
  cancellableUntil: Date;
  seats: SeatCounts;
}

/** How old the counts of a list, and of a single event, may be. */
const listAgeMs = 2_000;
const eventAgeMs = 250;

export type FindEvents = ReturnType<typeof createFindEvents>;

export function createFindEvents(connection: Connection, counter: CountSeats) {
  const events = eventModel(connection);

  const asOfNow = async (event: Event, viewer: Viewer, maxAgeMs: number): Promise<EventNow> => ({
    event,
    isKept: keeps(viewer, event),
    onSale: isOnSale(event, new Date()),
    cancellableUntil: cutOffOf(event),
    seats: await counter.counts(event._id, maxAgeMs),
  });

  /** The event, or null if there is none, or only a draft that may not be seen. */
  async function one(eventId: string, viewer: Viewer): Promise<EventNow | null> {
    const event = await events.findById(eventId).lean<Event | null>();
    return event && sees(viewer, event) ? asOfNow(event, viewer, eventAgeMs) : null;
  }

  /** Throws a 400 problem for a cursor that is not of this list. */
  async function page(list: EventList): Promise<{ events: EventNow[]; nextCursor?: string }> {
    const { rows, nextCursor } = pagesOfEvents(list).page(await eventQuery(connection, list), list.limit);
    const now = await Promise.all(rows.map((event) => asOfNow(event, list.viewer, listAgeMs)));
    return { events: now, ...(nextCursor !== undefined && { nextCursor }) };
  }

  return { one, page };
}
