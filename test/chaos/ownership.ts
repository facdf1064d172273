import { type EndedBooking, grouped, type KnownHistory } from './history.ts';

/** From when to when a seat was surely a booking's; milliseconds since 1970. */
export interface Ownership {
  bookingId: string;
  from: number;
  to: number;
}

const tries = 3;
const { POSITIVE_INFINITY: never } = Number;

/**
 * When each seat was surely whose, by what buyers were told: held from the answer until its time is over, sold from the
 * first look that showed it until it was given back. Seats are named by event and seat.
 */
export function ownershipsBySeat(history: KnownHistory): Map<string, Ownership[]> {
  const { of, seen, bookings, cancelledAt } = history;
  const calls = grouped(of('book'), ({ told }) => told.bookingId);
  const pays = grouped(of('pay'), ({ asked }) => asked.id);
  const looks = grouped(
    seen.filter(({ status }) => status === 'CONFIRMED'),
    ({ bookingId }) => bookingId,
  );

  function held(bookingId: string): Ownership[] {
    const inOrder = (pays.get(bookingId) ?? []).toSorted((a, b) => a.from - b.from);
    // The last try may be declined, and then the seats are given back.
    const mayEndAt = Math.min(cancelledAt.get(bookingId) ?? never, inOrder[tries - 1]?.from ?? never);
    return (calls.get(bookingId) ?? []).flatMap(({ to, told: { status, expiresAt } }) =>
      status === 'AWAITING_PAYMENT' && expiresAt !== undefined
        ? [{ bookingId, from: to, to: Math.min(mayEndAt, Date.parse(expiresAt)) }]
        : [],
    );
  }

  function sold({ bookingId, status }: EndedBooking): Ownership[] {
    const shown = looks.get(bookingId);
    if (!shown) return [];
    const last = status === 'CONFIRMED' ? never : Math.max(...shown.map(({ from }) => from));
    const to = Math.min(cancelledAt.get(bookingId) ?? never, last);
    return [{ bookingId, from: Math.min(...shown.map((look) => look.to)), to }];
  }

  const owned = bookings.flatMap((booking) =>
    [...held(booking.bookingId), ...sold(booking)]
      .filter(({ from, to }) => from < to)
      .flatMap((one) => booking.seatIds.map((seatId) => ({ ...one, seat: `${booking.eventId}/${seatId}` }))),
  );
  return grouped(owned, ({ seat }) => seat);
}
