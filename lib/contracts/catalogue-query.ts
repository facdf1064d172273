import { Type } from 'typebox';
import { cursorMaxLength } from '../mongo/cursor.ts';
import { EventStatus } from './event.ts';
import { limits } from './limits.ts';
import { Id, Instant, Money, oneOf } from './primitives.ts';
import { SeatStatus } from './seat.ts';

/** Printable, and not blank. */
const words = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f]+$' });

/** The orders of the list of events. */
export const eventSorts = ['startsAt', '-startsAt', 'title', 'price', 'newest'] as const;
export type EventSort = (typeof eventSorts)[number];

/** How events can be asked for: at ticket-app, and by the same words at client-app, which passes them on. */
export const EventQuery = Type.Object(
  {
    status: Type.Optional({ ...EventStatus, description: 'Published, unless another is named.' }),
    city: Type.Optional(words(80)),
    from: Type.Optional({ ...Instant, description: 'Starts not before this instant.' }),
    to: Type.Optional({ ...Instant, description: 'Starts not after this instant.' }),
    q: Type.Optional({
      ...words(100),
      description: "Words, all of which stand in the title, the venue, the organizer's name or the city.",
    }),
    minPrice: Type.Optional({
      ...Money.properties.amount,
      description: 'Has a seat for sale at such a price, in rupiah.',
    }),
    maxPrice: Type.Optional({
      ...Money.properties.amount,
      description: 'Has a seat for sale at such a price, in rupiah.',
    }),
    ownerId: Type.Optional({ ...Id, description: 'Whose events.' }),
    onSale: Type.Optional({ ...Type.Literal(true), description: 'Only what can be booked now.' }),
    sort: {
      ...oneOf(eventSorts),
      default: 'startsAt' as const,
      description: '`price`: the cheapest seat first. `newest`: created last, first.',
    },
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: cursorMaxLength })),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  },
  { additionalProperties: false },
);

/** The same of an event's seats: the whole map, or seat by seat in pages, where a filter or a page is asked for. */
export const SeatQuery = Type.Object(
  {
    view: Type.Optional({
      ...oneOf(['map', 'list']),
      description:
        'The map of the whole hall, or the list of its seats; a filter or a page asks for the list by itself.',
    }),
    status: Type.Optional(SeatStatus),
    section: Type.Optional(words(40)),
    category: Type.Optional(words(40)),
    cursor: Type.Optional({ ...Id, description: 'The `nextCursor` of the page before.' }),
    limit: Type.Integer({ minimum: 1, maximum: limits.seatsPerPage, default: limits.seatsPerPage }),
  },
  { additionalProperties: false },
);

/** What of a query asks for the list of seats. */
const ofList = ['status', 'section', 'category', 'cursor', 'limit'] as const;

/** Whether it is the map that is asked for; `given` are the parameters as they came. Undefined: both at once. */
export function asksForSeatMap(given: Readonly<Record<string, unknown>>): boolean | undefined {
  const isFiltered = ofList.some((name) => given[name] !== undefined);
  if (given.view === 'map' && isFiltered) return undefined;
  return given.view !== 'list' && !isFiltered;
}
