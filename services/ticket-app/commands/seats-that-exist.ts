import type { Connection } from 'mongoose';
import { seatModel } from '../models/seat.ts';

export type SeatsThatExist = (eventId: string, seatIds: readonly string[]) => Promise<Set<string>>;

/** Tells which of the ids the event has. */
export const seatsThatExist =
  (connection: Connection): SeatsThatExist =>
  async (eventId, seatIds) => {
    const found = await seatModel(connection)
      .find({ eventId, seatId: { $in: [...seatIds] } }, { _id: 0, seatId: 1 })
      .lean();
    return new Set(found.map(({ seatId }) => seatId));
  };
