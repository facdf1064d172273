import { type Static, Type } from 'typebox';
import { Id, Money } from './primitives.ts';

/** The brief's own words (T1). */
export const SeatStatus = Type.Union([Type.Literal('OPEN'), Type.Literal('ON_GOING'), Type.Literal('BOOKED')]);
export type SeatStatus = Static<typeof SeatStatus>;

/** What a seat is, whatever becomes of it. */
export const SeatFacts = Type.Object({
  seatId: Id,
  section: Type.String(),
  row: Type.String(),
  number: Type.String(),
  category: Type.String(),
  price: Money,
});

/** A seat as buyers see it: never who holds it. */
export const SeatView = Type.Object({
  ...SeatFacts.properties,
  status: SeatStatus,
  /** Taken out of sale; it can be neither booked nor queued for. */
  closed: Type.Boolean(),
});
export type SeatView = Static<typeof SeatView>;

/** The seats of an event by their ids; without `nextCursor` there are no more. */
export const SeatPage = Type.Object({
  eventId: Id,
  seats: Type.Array(SeatView),
  nextCursor: Type.Optional(Type.String()),
});
export type SeatPage = Static<typeof SeatPage>;
