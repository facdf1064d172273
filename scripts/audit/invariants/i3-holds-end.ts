import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import { byId, type EventRecords } from '../records.ts';
import { hasEnded, stillHas } from './i3-bookings-end.ts';

/** I3: every hold ends, of a seat and at the organizer. */
export const holdsEnd: Invariant = (records, circumstances) => [
  ...seatsThatStay(records, circumstances),
  ...holdsThatStay(records, circumstances),
  ...claimsThatStay(records, circumstances),
];

function seatsThatStay(
  { eventId, seats, bookings, workflows }: EventRecords,
  circumstances: Circumstances,
): Violation[] {
  const bookingOf = byId(bookings);
  return seats.flatMap(({ seatId, status, holder, changedAt }) => {
    if (!quiet(circumstances, changedAt)) return [];
    if (holder?.kind === 'booking') {
      const booking = bookingOf.get(holder.bookingId);
      const isLeft = hasEnded(booking) && quiet(circumstances, booking?.changedAt);
      const what = `Seat ${seatId} is ${status} for a booking that is ${booking?.status ?? 'missing'}.`;
      const { bookingId } = holder;
      return unless(stillHas('seat_kept', bookingId, workflows), !isLeft, what, { eventId, seatId, bookingId });
    }
    const isFree = status === 'OPEN' && holder === null;
    const isWaiting = status === 'ON_GOING' && holder?.kind === 'waitlist';
    const what = `Seat ${seatId} is ${status} and held by ${holder?.kind ?? 'nobody'}.`;
    return unless('seat_of_nobody', isFree || isWaiting, what, { eventId, seatId });
  });
}

function holdsThatStay({ holds, bookings, workflows }: EventRecords, circumstances: Circumstances): Violation[] {
  const bookingOf = byId(bookings);
  return holds.flatMap(({ _id: bookingId, state, settled, changedAt }) => {
    const booking = bookingOf.get(bookingId);
    if (!quiet(circumstances, changedAt, booking?.changedAt)) return [];
    const isLeft = ['held', 'claiming'].includes(state) && hasEnded(booking);
    const what = `The organizer's hold is ${state} for a booking that is ${booking?.status ?? 'missing'}.`;
    return [
      ...unless(booking ? stillHas('hold_kept', bookingId, workflows) : 'hold_of_no_booking', !isLeft, what, {
        bookingId,
      }),
      ...unless('hold_unsettled', settled || isLeft, `The organizer has left a hold half way (${state}).`, {
        bookingId,
      }),
    ];
  });
}

function claimsThatStay({ holds, claims }: EventRecords, circumstances: Circumstances): Violation[] {
  const holdOf = byId(holds);
  return claims.flatMap(({ seat: seatId, reference, claimedAt }) => {
    if (reference === null || !quiet(circumstances, claimedAt)) return [];
    const hold = holdOf.get(reference);
    const isLeft = hold?.state !== 'held' && quiet(circumstances, hold?.changedAt);
    const what = `The organizer keeps seat ${seatId} for a hold that is ${hold?.state ?? 'missing'}.`;
    return unless('claim_kept', !isLeft, what, { seatId, bookingId: reference });
  });
}
