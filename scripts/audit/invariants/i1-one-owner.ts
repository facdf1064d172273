import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import type { KindName } from '../kinds/kinds.ts';
import { byId, type EventRecords, stepAt } from '../records.ts';

/** I1: no seat ever has two owners: not by what bookings went through, nor by seats and tickets. */
export const oneOwner: Invariant = (records, circumstances) => [
  ...ownersAtOneTime(records),
  ...seatsOfBookings(records, circumstances),
  ...holdersOfSeats(records, circumstances),
  ...ticketsOfOneSeat(records),
  ...scansOfOneSeat(records),
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
        const subject = { seatId, bookingId: earlier.bookingId, others: [later.bookingId] };
        return unless('two_owners', later.from >= earlier.to, `Two bookings had seat ${seatId} at one time.`, subject);
      }),
    );
  });
}

/** Whoever was told that the seats are theirs has them. */
function seatsOfBookings({ bookings, seats }: EventRecords, circumstances: Circumstances): Violation[] {
  const bySeatId = new Map(seats.map((seat) => [seat.seatId, seat]));
  return bookings.flatMap(({ _id: bookingId, status, changedAt, seatIds }) => {
    if (status !== 'AWAITING_PAYMENT' && status !== 'CONFIRMED' && status !== 'CANCELLING') return [];
    if (!quiet(circumstances, changedAt)) return [];
    const wanted = status === 'AWAITING_PAYMENT' ? ['ON_GOING', 'BOOKED'] : ['BOOKED'];
    return seatIds.flatMap((seatId) => {
      const seat = bySeatId.get(seatId);
      if (!quiet(circumstances, seat?.changedAt)) return [];
      const holder = seat?.holder?.kind === 'booking' ? seat.holder.bookingId : (seat?.holder?.kind ?? 'nobody');
      const isTheirs = holder === bookingId && wanted.includes(seat?.status ?? '');
      const what = `The booking is ${status}, but its seat ${seatId} is ${seat?.status ?? 'missing'} and held by ${holder}.`;
      return unless('seat_not_theirs', isTheirs, what, { bookingId, seatId });
    });
  });
}

/** What a seat says of its holder is what that booking says of itself. */
function holdersOfSeats({ seats, bookings }: EventRecords, circumstances: Circumstances): Violation[] {
  const bookingOf = byId(bookings);
  return seats.flatMap(({ seatId, holder, changedAt }) => {
    const booking = holder?.kind === 'booking' ? bookingOf.get(holder.bookingId) : undefined;
    if (holder?.kind !== 'booking' || !booking || !quiet(circumstances, changedAt, booking.changedAt)) return [];
    const subject = { seatId, bookingId: booking._id };
    const isSame = holder.customerId === booking.customerId;
    return [
      ...unless(
        'seat_of_a_stranger',
        booking.seatIds.includes(seatId),
        `Seat ${seatId} is held by a booking of other seats.`,
        subject,
      ),
      ...unless('holder_is_another', isSame, `Seat ${seatId} names another person than its booking does.`, subject),
    ];
  });
}

/** More than one of something for a seat. */
export function doubles(
  kind: KindName,
  what: (seatId: string) => string,
  owners: Array<{ id: string; seatIds: readonly string[] }>,
): Violation[] {
  const bySeat = new Map<string, string[]>();
  for (const { id, seatIds } of owners) {
    for (const seatId of seatIds) bySeat.set(seatId, [...(bySeat.get(seatId) ?? []), id]);
  }
  return [...bySeat].flatMap(([seatId, [bookingId = '', ...others]]) =>
    unless(kind, others.length === 0, what(seatId), { seatId, bookingId, others }),
  );
}

function ticketsOfOneSeat({ tickets, bookings }: EventRecords): Violation[] {
  const known = byId(bookings);
  const valid = tickets.filter(({ status }) => status === 'VALID');
  return doubles(
    'two_tickets',
    (seatId) => `Two tickets for seat ${seatId} are valid.`,
    valid.map(({ _id }) => ({ id: _id, seatIds: known.get(_id)?.seatIds ?? [] })),
  );
}

function scansOfOneSeat({ tickets }: EventRecords): Violation[] {
  return tickets.flatMap(({ _id: bookingId, uses = [] }) => {
    const seatIds = uses.map(({ seatId }) => seatId);
    const again = seatIds.find((seatId, i) => seatIds.indexOf(seatId) !== i);
    return unless('let_in_twice', again === undefined, `Seat ${again} was let in twice.`, { bookingId });
  });
}
