import type { Booking } from '../../../services/ticket-app/models/booking.ts';
import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import { byId, type EventRecords } from '../records.ts';
import { doubles } from './i1-one-owner.ts';

const hasSeats = ({ status }: Booking): boolean =>
  status === 'AWAITING_PAYMENT' || status === 'CONFIRMED' || status === 'CANCELLING';

const sameSeats = (one: readonly string[], other: readonly string[]): boolean =>
  one.toSorted().join() === other.toSorted().join();

/** I1, on the organizer's side: what we sold nobody else can, and it is what we asked for. */
export const organizerHolds: Invariant = (records, circumstances) => [
  ...holdsOfBookings(records, circumstances),
  ...holdsOfOneSeat(records),
];

function holdsOfBookings({ bookings, holds, claims }: EventRecords, circumstances: Circumstances): Violation[] {
  const byReference = byId(holds);
  const referenceOf = new Map(claims.map(({ event, seat, reference }) => [`${event}/${seat}`, reference]));
  return bookings.filter(hasSeats).flatMap((booking) => {
    const { _id: bookingId, status, changedAt, seatIds } = booking;
    const hold = byReference.get(bookingId);
    if (!quiet(circumstances, changedAt, hold?.changedAt)) return [];
    const what = `The booking is ${status}, but the organizer's hold is ${hold?.state ?? 'missing'}: others may sell it.`;
    if (hold?.state !== 'held') return unless('organizer_does_not_hold', false, what, { bookingId });
    const free = hold.seats.filter((seat) => referenceOf.get(`${hold.event}/${seat}`) !== bookingId);
    const isSame = sameSeats(hold.seats, seatIds);
    return [
      ...unless(
        'organizer_holds_others',
        isSame,
        `The organizer holds ${hold.seats.join(', ')} for a booking of ${seatIds.join(', ')}.`,
        { bookingId },
      ),
      ...free.flatMap((seatId) =>
        unless('organizer_seat_is_free', false, `The organizer holds seat ${seatId}, and may sell it to others.`, {
          seatId,
          bookingId,
        }),
      ),
    ];
  });
}

function holdsOfOneSeat({ holds }: EventRecords): Violation[] {
  const held = holds.filter(({ state }) => state === 'held');
  return doubles(
    'two_holds',
    (seatId) => `The organizer holds seat ${seatId} for two bookings.`,
    held.map(({ _id, seats }) => ({ id: _id, seatIds: seats })),
  );
}
