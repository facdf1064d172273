import { type Static, Type } from 'typebox';
import { limits } from './limits.ts';
import { Id, Money } from './primitives.ts';
import { SeatStatus } from './seat.ts';

/**
 * One letter a seat: O open, G on-going, B booked; in lower case (o, g, b) while the seat is closed, that is taken out of
 * sale. Only `O` can be booked.
 */
export const seatLetter = ({ status, closed }: { status: SeatStatus; closed: boolean }): string => {
  const letter = { OPEN: 'O', ON_GOING: 'G', BOOKED: 'B' }[status];
  return closed ? letter.toLowerCase() : letter;
};

/** Names a moment of an event's seats, for the stream of their changes. */
export const SeatCursor = Type.String({ pattern: '^[A-Za-z0-9_-]{8}\\.[0-9]{1,15}$' });

/** What a seat costs, by its category. A category is listed once for each price that it has. */
export const SeatTier = Type.Object({ name: Type.String(), price: Money });

/** Four columns of equal length, from one end of the row to the other: the n-th entry of each is about the n-th seat. */
export const SeatMapRow = Type.Object({
  name: Type.String(),
  seatIds: Type.Array(Id),
  numbers: Type.Array(Type.String()),
  /** Indexes into `categories` of the map. */
  categories: Type.Array(Type.Integer({ minimum: 0 })),
  states: Type.String({
    pattern: '^[OGBogb]*$',
    description: 'a letter a seat: O open, G on-going, B booked; in lower case while the seat is closed',
  }),
});

/** All seats of an event, the front row first. 7,000 of them are about 20 kB on the wire. */
export const SeatMap = Type.Object(
  {
    eventId: Id,
    /** Equal maps have equal versions; it is the ETag, too. */
    version: Type.String(),
    /** Where the stream of changes begins for whoever has this map: `GET /events/:eventId/seats/changes?since=<cursor>`. */
    cursor: SeatCursor,
    categories: Type.Array(SeatTier),
    sections: Type.Array(Type.Object({ name: Type.String(), rows: Type.Array(SeatMapRow) })),
  },
  {
    examples: [
      {
        eventId: 'langit-kelabu-sarbini',
        version: 'a8Yt0c1mQ2fGx9Zk',
        cursor: 'Jx0q_8Pz.1795254000000',
        categories: [
          { name: 'Gold', price: { amount: 1_250_000, currency: 'IDR' } },
          { name: 'Silver', price: { amount: 750_000, currency: 'IDR' } },
        ],
        sections: [
          {
            name: 'A',
            rows: [
              {
                name: '1',
                seatIds: ['A-1-1', 'A-1-2', 'A-1-3', 'A-1-4'],
                numbers: ['1', '2', '3', '4'],
                categories: [0, 0, 0, 1],
                states: 'OGBo',
              },
            ],
          },
        ],
      },
    ],
  },
);
export type SeatMap = Static<typeof SeatMap>;

/** The data of an event `seats` of the stream: what these seats are now, whatever was known of them. */
export const SeatChanges = Type.Object({
  seats: Type.Array(Type.Object({ seatId: Id, status: SeatStatus, closed: Type.Boolean() })),
});
export type SeatChanges = Static<typeof SeatChanges>;

/** Seats side by side in one row, of one category. */
export const BestAvailable = Type.Object({
  category: Type.String({ minLength: 1, maxLength: 40, pattern: '^[^\\u0000-\\u001f\\u007f]+$' }),
  seats: Type.Integer({ minimum: 1, maximum: limits.seatsPerBooking }),
});
export type BestAvailable = Static<typeof BestAvailable>;

/** POST /events/:eventId/best-available of ticket-app (service credential). Nothing is held by it. */
export const ChooseSeats = Type.Object({
  ...BestAvailable.properties,
  /** Who asks: the same seed on the same hall chooses the same seats. */
  seed: Type.String({ minLength: 1, maxLength: 200 }),
});
export type ChooseSeats = Static<typeof ChooseSeats>;

/** What was chosen, in the order of the row. */
export const ChosenSeats = Type.Object({
  eventId: Id,
  seatIds: Type.Array(Id, { minItems: 1, maxItems: limits.seatsPerBooking }),
});
export type ChosenSeats = Static<typeof ChosenSeats>;
