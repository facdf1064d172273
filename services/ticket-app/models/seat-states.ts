import mongoose, { type Connection } from 'mongoose';
import { type Seat, seatModel } from './seat.ts';

/** What the map and the stream of changes show of a seat. */
export type SeatState = Pick<
  Seat,
  'seatId' | 'section' | 'row' | 'number' | 'category' | 'price' | 'status' | 'closed' | 'changedAt'
>;

const shown = {
  _id: 0,
  seatId: 1,
  section: 1,
  row: 1,
  number: 1,
  category: 1,
  price: 1,
  status: 1,
  closed: 1,
  changedAt: 1,
} as const;

/** More than any hall has: each read is one round trip. */
const batchSize = 100_000;

export type SeatStates = ReturnType<typeof createSeatStates>;

/**
 * Reads the seats of an event as a whole, past mongoose, which would build a document for each. Majority reads: what is
 * told to thousands must not be taken back by a failover.
 */
export function createSeatStates(connection: Connection) {
  const seats = seatModel(connection);
  const read = (filter: Record<string, unknown>): Promise<SeatState[]> =>
    seats.collection
      .find<SeatState>(filter, { projection: shown, batchSize, readConcern: { level: 'majority' } })
      .toArray();

  return {
    /** By the database's clock, by which `changedAt` is set. */
    async now(): Promise<Date> {
      if (!connection.db) throw new mongoose.mongo.MongoNotConnectedError('The database is not connected.');
      const [clock] = await connection.db.aggregate<{ now: Date }>([{ $documents: [{ now: '$$NOW' }] }]).toArray();
      if (!clock) throw new Error('The database does not tell its time.');
      return clock.now;
    },

    all: (eventId: string): Promise<SeatState[]> => read({ eventId }),

    /** Those that were changed at that instant or later. */
    since: (eventId: string, at: Date): Promise<SeatState[]> => read({ eventId, changedAt: { $gte: at } }),
  };
}
