import type { Connection, QueryFilter } from 'mongoose';
import { type Booking, bookingModel } from './booking.ts';

export type UnsettledBookings = ReturnType<typeof createUnsettledBookings>;

/** What the sweep of cancellations looks for: bookings that have not changed for a while, oldest first. Nothing here writes. */
export function createUnsettledBookings(connection: Connection) {
  const bookings = bookingModel(connection);
  const unchanged =
    (which: QueryFilter<Booking>) =>
    (since: Date, limit: number): Promise<Booking[]> =>
      bookings
        .find({ ...which, changedAt: { $lt: since } })
        .sort({ changedAt: 1 })
        .limit(limit)
        .lean<Booking[]>();

  return {
    /** Somebody asked to cancel them, and it is not known what came of it. */
    asked: unchanged({ 'cancelAsked.at': { $exists: true } }),

    cancelling: unchanged({ status: 'CANCELLING' }),

    /** They were sold and then cancelled, and their money is not known to be back. */
    owing: unchanged({ status: 'CANCELLED', 'refund.status': 'pending', 'ticket.id': { $exists: true } }),
  };
}
