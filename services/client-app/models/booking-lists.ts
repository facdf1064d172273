import type { Model } from 'mongoose';
import type { BookingStatus } from '../../../lib/contracts/booking.ts';
import { pagesOf } from '../../../lib/mongo/cursor.ts';
import type { Booking } from './booking.ts';

export const historySorts = ['newest', 'oldest'] as const;

export interface HistoryQuery {
  customerId: string;
  status?: BookingStatus;
  eventId?: string;
  sort: (typeof historySorts)[number];
  cursor?: string;
  limit: number;
}

/** How bookings are found by people, whose they are. Nothing here writes. */
export function bookingListsOf(model: Model<Booking>) {
  return {
    /** By its id, or by the number that people use for it. */
    byReference: (reference: string) =>
      model.findOne(/^KRS-/.test(reference) ? { bookingNumber: reference } : { _id: reference }).lean<Booking>(),

    /** A page of a person's bookings. Throws a 400 problem for a cursor that is not of this list. */
    async page({ cursor, limit, sort, ...filter }: HistoryQuery) {
      const direction = sort === 'newest' ? -1 : 1;
      const byAge = { field: 'createdAt', kind: 'date', keyOf: (booking: Booking) => booking.createdAt } as const;
      const pages = pagesOf({ ...byAge, direction }, filter);
      const rows = await model
        .find({ $and: [filter, pages.after(cursor)], $nor: [{ superseded: true, status: 'FAILED' }] })
        .sort(pages.sort)
        .limit(limit + 1)
        .lean<Booking[]>();
      return pages.page(rows, limit);
    },

    /** Ids of bookings that still bind the customer: being made or unpaid, money on its way back, or an event to come. */
    async binding(customerId: string, limit: number, now = new Date()): Promise<string[]> {
      const rows = await model
        .find({
          customerId,
          $or: [
            { status: { $in: ['REQUESTED', 'HOLDING', 'AWAITING_PAYMENT', 'CANCELLING'] } },
            { 'refund.status': 'pending' },
            { status: 'CONFIRMED', 'event.startsAt': { $gt: now } },
            { status: 'CONFIRMED', event: { $exists: false } },
          ],
        })
        .select({ _id: 1 })
        .limit(limit)
        .lean<Pick<Booking, '_id'>[]>();
      return rows.map((row) => row._id);
    },
  };
}
