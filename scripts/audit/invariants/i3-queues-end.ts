import type { Booking } from '../../../services/ticket-app/models/booking.ts';
import type { Seat } from '../../../services/ticket-app/models/seat.ts';
import { offerOf, type WaitlistEntry } from '../../../services/ticket-app/models/waitlist-entry.ts';
import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import { byId } from '../records.ts';

/** I3: whoever waits for a seat is offered it or told why not, and a seat never waits for nobody. */
export const queuesEnd: Invariant = ({ seats, bookings, entries, countedEntries }, circumstances) => {
  const bookingOf = byId(bookings);
  const queues = seats.flatMap((seat) => {
    const active = entries.filter((entry) => entry.active && entry.seatId === seat.seatId);
    const changes = active.map(({ changedAt }) => changedAt);
    const ofOffers = active.map((entry) => bookingOf.get(offerOf(entry))?.changedAt);
    if (!quiet(circumstances, seat.changedAt, ...changes, ...ofOffers)) return [];
    return [
      ...emptyQueue(seat, active),
      ...queueOf(seat, active, circumstances),
      ...active.flatMap((entry) => offerThatStays(entry, seat, bookingOf.get(offerOf(entry)))),
    ];
  });
  return [...queues, ...entries.flatMap((entry) => limitsOf(entry, countedEntries, circumstances))];
};

const isEligible = ({ status, notBefore }: WaitlistEntry, { quietSince }: Circumstances): boolean =>
  status === 'WAITING' && (notBefore === undefined || notBefore <= quietSince);

/** What stands between a seat and those who wait for it. */
function queueOf(seat: Seat, active: WaitlistEntry[], circumstances: Circumstances): Violation[] {
  const { eventId, seatId, closed, status, waitlisted, holder } = seat;
  if (active.length === 0) return [];
  const subject = { eventId, seatId, others: active.map(({ _id }) => _id) };
  const isIdle = holder?.kind === 'waitlist' && active.some((entry) => isEligible(entry, circumstances));
  return [
    ...unless('waits_for_closed', !closed, `Seat ${seatId} is closed, but people wait for it.`, subject),
    ...unless('waits_for_open', status !== 'OPEN', `People wait for seat ${seatId}, which is OPEN.`, subject),
    ...unless(
      'seat_ignores_queue',
      waitlisted,
      `People wait for seat ${seatId}, which does not know of them.`,
      subject,
    ),
    ...unless(
      'offered_to_nobody',
      !isIdle,
      `Seat ${seatId} has come back, people wait, and it is offered to nobody.`,
      subject,
    ),
  ];
}

function emptyQueue({ eventId, seatId, waitlisted, holder }: Seat, active: WaitlistEntry[]): Violation[] {
  const stands = active.length === 0 && holder?.kind === 'waitlist';
  const isMarked = active.length === 0 && waitlisted;
  const what = stands
    ? `Seat ${seatId} stands with an empty queue.`
    : `Seat ${seatId} says that somebody may wait for it; nobody does.`;
  return unless('empty_queue', !(stands || isMarked), what, { eventId, seatId });
}

function offerThatStays(entry: WaitlistEntry, seat: Seat, booking: Booking | undefined): Violation[] {
  if (entry.status !== 'OFFERED') return [];
  const { eventId, seatId, holder } = seat;
  const isTheirs = holder?.kind === 'booking' && holder.bookingId === offerOf(entry);
  const isOpen = booking !== undefined && ['HOLDING', 'AWAITING_PAYMENT'].includes(booking.status);
  const what = `Seat ${seatId} is OFFERED to somebody by a booking that is ${booking?.status ?? 'missing'}${isTheirs ? '' : ' and does not have it'}.`;
  const subject = { eventId, seatId, entryId: entry._id, bookingId: offerOf(entry) };
  return unless('offer_stands', isTheirs && isOpen, what, subject);
}

/** A place that has ended no longer counts against its person; one that has not, does. */
function limitsOf(entry: WaitlistEntry, counted: ReadonlySet<string>, circumstances: Circumstances): Violation[] {
  const { _id: entryId, status, active, changedAt } = entry;
  if (!quiet(circumstances, changedAt)) return [];
  const isCounted = counted.has(entryId);
  return [
    ...unless(
      'entry_limit_kept',
      active || !isCounted,
      `The entry is ${status} and still counts against its person's limits.`,
      { entryId },
    ),
    ...unless(
      'entry_uncounted',
      !active || isCounted,
      `The entry is ${status} and does not count for its person's limit.`,
      { entryId },
    ),
  ];
}
