import type { Connection, QueryFilter } from 'mongoose';
import type { EventSort } from '../../../lib/contracts/catalogue-query.ts';
import type { EventStatus } from '../../../lib/contracts/event.ts';
import { type ListOrder, pagesOf } from '../../../lib/mongo/cursor.ts';
import { cityKeyOf, type Event, eventModel } from '../models/event.ts';
import type { Viewer } from '../models/event-owner.ts';

/** What can be asked of the list of events. */
export interface EventFilter {
  status?: EventStatus;
  city?: string;
  /** When it starts: not before, and not after. */
  from?: Date;
  to?: Date;
  /** Words, all of which stand in the title, the venue, the organizer's name or the city. */
  q?: string;
  /** Events with a seat for sale at such a price, in whole rupiah. */
  minPrice?: number;
  maxPrice?: number;
  ownerId?: string;
  /** Those that can be booked now. */
  onSale?: true | undefined;
}

export interface EventList extends EventFilter {
  sort: EventSort;
  cursor?: string;
  limit: number;
  viewer: Viewer;
}

const byStart = { field: 'startsAt', kind: 'date', keyOf: (event: Event) => event.startsAt } as const;

/** The orders of the list of events. */
const orders = {
  startsAt: { ...byStart, direction: 1 },
  '-startsAt': { ...byStart, direction: -1 },
  title: { field: 'titleKey', kind: 'text', keyOf: (event: Event) => event.titleKey, direction: 1 },
  /** The cheapest seat first; events without a seat for sale come last. */
  price: { field: 'lowestPrice', kind: 'number', keyOf: (event: Event) => event.lowestPrice, direction: 1 },
  newest: { field: 'createdAt', kind: 'date', keyOf: (event: Event) => event.createdAt, direction: -1 },
} as const satisfies Record<EventSort, unknown>;

/** The pages of a list of events; a cursor is good for the same filters and order only. */
export function pagesOfEvents({ cursor: _, limit: __, viewer: ___, sort, ...filter }: EventList) {
  return pagesOf(orders[sort] as ListOrder<Event>, filter);
}

/**
 * Which events somebody sees: everybody what is published, unless another status is named; an organizer also every own
 * one, if it is asked for by its owner, or by the status draft; admins all.
 */
function visible({ status, ownerId }: EventFilter, viewer: Viewer): QueryFilter<Event> {
  const isOwn = viewer.kind === 'organizer' && viewer.userId === ownerId;
  if (viewer.kind === 'admin' || isOwn) return status === undefined ? {} : { status };
  if (status !== 'draft') return { status: status ?? 'published' };
  return viewer.kind === 'organizer' ? { status, ownerId: viewer.userId } : { _id: { $in: [] } };
}

/** `isOnSale` of the event, in the database's words. */
const onSale = (now: Date): QueryFilter<Event> => ({
  status: 'published',
  'work.kind': { $ne: 'close' },
  salesStartAt: { $lte: now },
  salesEndAt: { $gt: now },
});

/** An event has a seat at a price between the two; what lies between an event's prices is no price of its own. */
function priced({ minPrice = 0, maxPrice = Number.MAX_SAFE_INTEGER }: EventFilter): QueryFilter<Event> {
  return {
    // These two are in every index of the list, so that few documents are looked into for the third.
    lowestPrice: { $lte: maxPrice },
    highestPrice: { $gte: minPrice },
    prices: { $elemMatch: { $gte: minPrice, $lte: maxPrice } },
  };
}

/** Each word as a phrase: of phrases MongoDB wants all, of words it would be content with one. */
const allWords = (q: string): string =>
  q
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => `"${word}"`)
    .join(' ');

/**
 * The query of a page, apart so that a test can have it explained: one row more than the limit, to tell whether more
 * follow. Without what can be long and is shown with the event alone.
 */
export function eventQuery(connection: Connection, list: EventList) {
  const { city, from, to, q, minPrice, maxPrice, ownerId, cursor, limit, viewer } = list;
  const pages = pagesOfEvents(list);
  return eventModel(connection)
    .find({
      $and: [
        visible(list, viewer),
        city === undefined ? {} : { cityKey: cityKeyOf(city) },
        ownerId === undefined ? {} : { ownerId },
        from || to ? { startsAt: { ...(from && { $gte: from }), ...(to && { $lte: to }) } } : {},
        minPrice === undefined && maxPrice === undefined ? {} : priced(list),
        list.onSale === undefined ? {} : onSale(new Date()),
        q === undefined ? {} : { $text: { $search: allWords(q) } },
        pages.after(cursor),
      ],
    })
    .select({ 'cancellation.usedTickets': 0 })
    .sort(pages.sort)
    .limit(limit + 1)
    .lean<Event[]>();
}
