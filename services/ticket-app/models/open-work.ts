import type { Connection, Model, QueryFilter } from 'mongoose';
import { type Booking, bookingModel } from './booking.ts';
import { type Delivery, deliveryModel } from './deliveries.ts';
import { type Seat, seatModel } from './seat.ts';
import { type WaitlistEntry, waitlistEntryModel } from './waitlist-entry.ts';

/** How much there is of a kind of thing that is to come to an end, and since when of the oldest. */
export interface OpenWork {
  count: number;
  /** Of the oldest one. */
  since?: Date;
  /** A booking's, an entry's or a webhook's id, or an event's and a seat's. */
  oldest?: string;
}

/** What takes longer than this beyond its own deadline has lost whoever was to end it. */
const graceMs = 60_000;

type OpenWorkOf<Name extends string> = Record<Name, OpenWork>;
export type OpenWorkInTicketing = OpenWorkOf<
  | 'holding'
  | 'awaiting_payment'
  | 'cancelling'
  | 'overdue'
  | 'refund_pending'
  | 'notification_undelivered'
  | 'news_undelivered'
  | 'seat_with_waitlist'
>;

export type ReadOpenWork = ReturnType<typeof createReadOpenWork>;

/**
 * What ticket-app has open, each kind from an index that holds little else: it costs what is open, not what ever was.
 * Nothing here writes.
 */
export function createReadOpenWork(connection: Connection) {
  const bookings = bookingModel(connection);
  const status = (value: Booking['status']): QueryFilter<Booking> => ({ status: value });

  return async (now = new Date()): Promise<OpenWorkInTicketing> => {
    const late = new Date(now.getTime() - graceMs);
    const overdue: QueryFilter<Booking> = {
      $or: [
        { status: 'AWAITING_PAYMENT', expiresAt: { $lt: late } },
        { status: 'HOLDING', claimBefore: { $lt: late } },
      ],
    };
    const [holding, awaitingPayment, cancelling, late_, refunds, notifications, news, seats] = await Promise.all([
      openOf(bookings, status('HOLDING'), 'createdAt'),
      openOf(bookings, status('AWAITING_PAYMENT'), 'createdAt'),
      openOf(bookings, status('CANCELLING'), 'changedAt'),
      openOf(bookings, overdue, 'createdAt'),
      openOf(bookings, { 'refund.status': 'pending' }, 'refund.at'),
      openOf<Delivery>(deliveryModel(connection), { deliveredAt: null }, 'createdAt'),
      openOf<WaitlistEntry>(
        waitlistEntryModel(connection),
        { 'news.nextAttemptAt': { $gt: new Date(0) } },
        'changedAt',
      ),
      openOf<Seat>(seatModel(connection), { 'holder.kind': 'waitlist' }, 'changedAt'),
    ]);
    return {
      holding,
      awaiting_payment: awaitingPayment,
      cancelling,
      overdue: late_,
      refund_pending: refunds,
      notification_undelivered: notifications,
      news_undelivered: news,
      seat_with_waitlist: seats,
    };
  };
}

async function openOf<Doc>(model: Model<Doc>, which: QueryFilter<Doc>, by: string): Promise<OpenWork> {
  const [count, first] = await Promise.all([
    model.countDocuments(which),
    model
      .findOne(which)
      .sort({ [by]: 1 })
      .lean<Record<string, unknown> | null>(),
  ]);
  if (!first) return { count };
  const since = by.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], first);
  const { _id, eventId, seatId } = first;
  const oldest = typeof _id === 'string' ? _id : `${eventId} ${seatId}`;
  return { count, oldest, ...(since instanceof Date && { since }) };
}
