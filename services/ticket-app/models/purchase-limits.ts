import { type Connection, type Model, Schema } from 'mongoose';
import { limits } from '../../../lib/contracts/limits.ts';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';
import { barredBy } from './barred.ts';

/**
 * What one person has of one event: the set of their bookings, so that a repeated entry counts once (a counter would not).
 * An entry that was undone bars a later one of the same booking (K-2).
 */
interface Purchases {
  /** `<eventId>/<customerId>` */
  _id: string;
  bookings: Array<{ bookingId: string; seats: number; unpaid: boolean }>;
  barred: Array<{ bookingId: string; until: Date }>;
}

const schema = new Schema<Purchases>({
  _id: { type: String, required: true },
  bookings: {
    type: [
      new Schema(
        {
          bookingId: { type: String, required: true },
          seats: { type: Number, required: true },
          unpaid: { type: Boolean, required: true },
        },
        { _id: false },
      ),
    ],
  },
  barred: {
    type: [
      new Schema(
        { bookingId: { type: String, required: true }, until: { type: Date, required: true } },
        { _id: false },
      ),
    ],
  },
});

export interface Purchase {
  eventId: string;
  customerId: string;
  bookingId: string;
}

export type EnterAnswer = 'entered' | 'limit_reached' | 'barred';
export type PurchaseLimits = ReturnType<typeof createPurchaseLimits>;

const keyOf = (purchase: Purchase) => `${purchase.eventId}/${purchase.customerId}`;

export function createPurchaseLimits(connection: Connection) {
  const purchases =
    (connection.models.Purchases as Model<Purchases> | undefined) ??
    connection.model<Purchases>('Purchases', schema, 'purchase_limits');

  const hasRoomFor = (seats: number) => [
    { $lte: [{ $add: [{ $sum: '$bookings.seats' }, seats] }, limits.seatsPerPersonAndEvent] },
    {
      $lt: [
        { $size: { $filter: { input: '$bookings', as: 'b', cond: '$$b.unpaid' } } },
        limits.unpaidBookingsPerPersonAndEvent,
      ],
    },
  ];

  const hasRoom = ({ bookings }: Purchases, seats: number): boolean =>
    bookings.reduce((sum, booking) => sum + booking.seats, seats) <= limits.seatsPerPersonAndEvent &&
    bookings.filter(({ unpaid }) => unpaid).length < limits.unpaidBookingsPerPersonAndEvent;

  /**
   * Enters a booking, if the person's limits leave room for it. To an offered one they do not apply: its seats count for
   * the person's other bookings, and it never counts as unpaid.
   */
  async function enter(
    purchase: Purchase & { seats: number; claimBefore: Date; offered?: boolean },
  ): Promise<EnterAnswer> {
    const { bookingId, seats, claimBefore, offered = false } = purchase;
    const entry = { bookingId, seats, unpaid: !offered };
    const filter = {
      _id: keyOf(purchase),
      'bookings.bookingId': { $ne: bookingId },
      'barred.bookingId': { $ne: bookingId },
      $expr: { $and: [{ $lt: ['$$NOW', claimBefore] }, ...(offered ? [] : hasRoomFor(seats))] },
    };
    const { matchedCount } = await purchases.updateOne(filter, { $push: { bookings: entry } });
    if (matchedCount === 1) return 'entered';
    const known = await purchases.findById(keyOf(purchase)).lean<Purchases | null>();
    if (!known) {
      // Nobody has left before either, or the document would be there: so no entry of this booking can have been undone.
      if (!offered && seats > limits.seatsPerPersonAndEvent) return 'limit_reached';
      try {
        await purchases.create({ _id: keyOf(purchase), bookings: [entry], barred: [] });
        return 'entered';
      } catch (error) {
        if (isDuplicateKey(error)) return enter(purchase);
        throw error;
      }
    }
    if (known.bookings.some((b) => b.bookingId === bookingId)) return 'entered';
    const late = known.barred.some((b) => b.bookingId === bookingId) || claimBefore <= new Date();
    if (late) return 'barred';
    // There was no document at the first look, or a booking has left since: there is room now.
    return offered || hasRoom(known, seats) ? enter(purchase) : 'limit_reached';
  }

  /** A paid booking no longer counts as unpaid; its seats go on counting. */
  async function markPaid(purchase: Purchase): Promise<void> {
    await purchases.updateOne(
      { _id: keyOf(purchase), 'bookings.bookingId': purchase.bookingId },
      { $set: { 'bookings.$.unpaid': false } },
    );
  }

  /** Takes a booking out, and bars it from coming back in until `barUntil`. */
  async function leave({ barUntil, ...purchase }: Purchase & { barUntil: Date }): Promise<void> {
    const { bookingId } = purchase;
    await purchases.updateOne(
      { _id: keyOf(purchase) },
      [
        {
          $set: {
            bookings: {
              $filter: {
                input: { $ifNull: ['$bookings', []] },
                as: 'item',
                cond: { $ne: ['$$item.bookingId', bookingId] },
              },
            },
            barred: barredBy('bookingId', bookingId, barUntil),
          },
        },
      ],
      { upsert: true, updatePipeline: true },
    );
  }

  return { enter, markPaid, leave };
}
