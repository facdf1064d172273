import type { Connection } from 'mongoose';
import { seatModel } from './seat.ts';
import type { SeatOfEvent } from './seat-handover.ts';
import { waitlistEntryModel } from './waitlist-entry.ts';

/**
 * Seats whose waitlist has something to do that nobody woke it for (K-3), by documents that have not changed since
 * `before`. Costs a look at each seat that people wait for, and none at any other.
 */
export async function strandedWaitlists(connection: Connection, before: Date, limit: number): Promise<SeatOfEvent[]> {
  const handed = await seatModel(connection)
    .find({ 'holder.kind': 'waitlist', changedAt: { $lt: before } })
    .select({ eventId: 1, seatId: 1 })
    .sort({ changedAt: 1 })
    .limit(limit)
    .lean<SeatOfEvent[]>();
  const queues = await waitlistEntryModel(connection).aggregate<{ _id: SeatOfEvent }>([
    { $match: { active: true, changedAt: { $lt: before } } },
    {
      $group: {
        _id: { eventId: '$eventId', seatId: '$seatId' },
        changedAt: { $min: '$changedAt' },
        offer: { $max: { $cond: [{ $eq: ['$status', 'OFFERED'] }, '$bookingId', null] } },
      },
    },
    {
      $lookup: {
        from: 'seats',
        let: { eventId: '$_id.eventId', seatId: '$_id.seatId' },
        pipeline: [
          { $match: { $expr: { $and: [{ $eq: ['$eventId', '$$eventId'] }, { $eq: ['$seatId', '$$seatId'] }] } } },
        ],
        as: 'seat',
      },
    },
    { $set: { seat: { $first: '$seat' } } },
    { $lookup: { from: 'bookings', localField: 'offer', foreignField: '_id', as: 'booking' } },
    { $lookup: { from: 'bookings', localField: 'seat.holder.bookingId', foreignField: '_id', as: 'holder' } },
    { $lookup: { from: 'events', localField: '_id.eventId', foreignField: '_id', as: 'event' } },
    { $set: { booking: { $first: '$booking' }, holder: { $first: '$holder' }, event: { $first: '$event' } } },
    { $match: { $or: [...offerIsOver, ...queueIsUnknown] } },
    { $sort: { changedAt: 1 } },
    { $limit: limit },
    { $project: { _id: 1 } },
  ]);
  return [...handed.map(({ eventId, seatId }) => ({ eventId, seatId })), ...queues.map(({ _id }) => _id)];
}

/** An offer whose booking does not exist, has ended, or no longer has the seat. */
const offerIsOver = [
  { offer: { $ne: null }, booking: { $exists: false } },
  { offer: { $ne: null }, 'booking.status': { $in: ['CONFIRMED', 'CANCELLING', 'CANCELLED', 'FAILED'] } },
  { offer: { $ne: null }, $expr: { $ne: ['$seat.holder.bookingId', '$offer'] } },
];

/** A queue whose event is over, or whose seat is free or closed, does not know of it, or is held by an offer that never became a booking. */
const queueIsUnknown = [
  { offer: null, 'seat.status': 'OPEN' },
  { offer: null, 'seat.closed': { $ne: null } },
  { offer: null, 'event.status': { $ne: 'published' } },
  { offer: null, 'seat.waitlisted': false },
  { offer: null, 'seat.holder.kind': 'booking', holder: { $exists: false } },
];
