import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import { byId, type EventRecords, stepAt } from '../records.ts';

/** I1: no seat ever has two owners: not by what bookings went through, nor by seats, tickets and the organizer's holds. */
export const oneOwner: Invariant = (records, circumstances) => [
  ...ownersAtOneTime(records),
  ...seatsOfBookings(records, circumstances),
  ...ticketsOfOneSeat(records),
  ...holdsOfOneSeat(records),
];

interface Ownership {
  bookingId: string;
  from: number;
  to: number;
}

/** The time in which a booking surely had its seats: claimed before its first instant, released after its last one. */
function ownershipsOf({ bookings }: EventRecords): Map<string, Ownership[]> {
  const bySeat = new Map<string, Ownership[]>();
  for (const booking of bookings) {
    const from = stepAt(booking, 'seats_claimed');
    if (from === undefined) continue;
    const to = stepAt(booking, 'failed', 'cancelled') ?? Number.POSITIVE_INFINITY;
    for (const seatId of booking.seatIds) {
      const known = bySeat.get(seatId) ?? [];
      bySeat.set(seatId, [...known, { bookingId: booking._id, from, to }]);
    }
  }
  return bySeat;
}

function ownersAtOneTime(records: EventRecords): Violation[] {
  return [...ownershipsOf(records)].flatMap(([seatId, list]) => {
    const inOrder = list.toSorted((a, b) => a.from - b.from);
    return inOrder.flatMap((earlier, i) =>
      inOrder.slice(i + 1).flatMap((later) => {
        const what = `Two bookings had seat ${seatId} at one time.`;
        return unless('I1', later.from >= earlier.to, what, [seatId, earlier.bookingId, later.bookingId]);
      }),
    );
  });
}

/** Whoever was told that the seats are theirs has them, here and at the organizer. */
function seatsOfBookings({ bookings, seats, holds }: EventRecords, circumstances: Circumstances): Violation[] {
  const bySeatId = new Map(seats.map((seat) => [seat.seatId, seat]));
  const byReference = byId(holds);
  return bookings.flatMap((booking) => {
    const { _id: bookingId, status, changedAt } = booking;
    if (status !== 'AWAITING_PAYMENT' && status !== 'CONFIRMED' && status !== 'CANCELLING') return [];
    if (!quiet(circumstances, changedAt)) return [];
    const wanted = status === 'AWAITING_PAYMENT' ? ['ON_GOING', 'BOOKED'] : ['BOOKED'];
    const hold = byReference.get(bookingId);
    const ofSeats = booking.seatIds.flatMap((seatId) => {
      const seat = bySeatId.get(seatId);
      if (!quiet(circumstances, seat?.changedAt)) return [];
      const holder = seat?.holder?.kind === 'booking' ? seat.holder.bookingId : (seat?.holder?.kind ?? 'nobody');
      const isTheirs = holder === bookingId && wanted.includes(seat?.status ?? '');
      const what = `The booking is ${status}, but its seat ${seatId} is ${seat?.status} and held by ${holder}.`;
      return unless('I1', isTheirs, what, [bookingId, seatId]);
    });
    const what = `The booking is ${status}, but the organizer's hold is ${hold?.state ?? 'missing'}: others may sell it.`;
    return [...ofSeats, ...unless('I1', hold?.state === 'held', what, [bookingId])];
  });
}

/** More than one of something for a seat. */
function doubles(what: (seatId: string) => string, owners: Array<{ id: string; seatIds: string[] }>): Violation[] {
  const bySeat = new Map<string, string[]>();
  for (const { id, seatIds } of owners) {
    for (const seatId of seatIds) bySeat.set(seatId, [...(bySeat.get(seatId) ?? []), id]);
  }
  return [...bySeat].flatMap(([seatId, ids]) => unless('I1', ids.length === 1, what(seatId), [seatId, ...ids]));
}

function ticketsOfOneSeat({ tickets, bookings }: EventRecords): Violation[] {
  const known = byId(bookings);
  const valid = tickets.filter(({ status }) => status === 'VALID');
  return doubles(
    (seatId) => `Two tickets for seat ${seatId} are valid.`,
    valid.map(({ _id }) => ({ id: _id, seatIds: known.get(_id)?.seatIds ?? [] })),
  );
}

function holdsOfOneSeat({ holds }: EventRecords): Violation[] {
  const held = holds.filter(({ state }) => state === 'held');
  return doubles(
    (seatId) => `The organizer holds seat ${seatId} for two bookings.`,
    held.map(({ _id, seats }) => ({ id: _id, seatIds: seats })),
  );
}
