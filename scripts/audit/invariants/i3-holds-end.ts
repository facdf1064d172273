import type { Booking } from '../../../services/ticket-app/models/booking.ts';
import type { Seat } from '../../../services/ticket-app/models/seat.ts';
import { offerOf, type WaitlistEntry } from '../../../services/ticket-app/models/waitlist-entry.ts';
import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import { byId, type EventRecords } from '../records.ts';

const hasEnded = (booking: Booking | undefined): boolean =>
  booking === undefined || booking.status === 'FAILED' || booking.status === 'CANCELLED';

/** I3: every hold ends: of a booking, of a seat, of an offer, at the organizer, and in what a person may have at once. */
export const holdsEnd: Invariant = (records, circumstances) => [
  ...bookingsThatStay(records, circumstances),
  ...seatsThatStay(records, circumstances),
  ...queuesThatStay(records, circumstances),
  ...holdsThatStay(records, circumstances),
  ...limitsThatStay(records, circumstances),
];

function bookingsThatStay({ bookings, invoices }: EventRecords, circumstances: Circumstances): Violation[] {
  const invoiceOf = byId(invoices);
  return bookings.flatMap((booking) => {
    const { _id: bookingId, status, changedAt } = booking;
    if (!quiet(circumstances, changedAt)) return [];
    const due = status === 'AWAITING_PAYMENT' ? booking.expiresAt : booking.claimBefore;
    const isOpen = ['REQUESTED', 'HOLDING', 'AWAITING_PAYMENT'].includes(status);
    const isOverdue = isOpen && due !== undefined && due < circumstances.quietSince;
    const invoice = invoiceOf.get(bookingId);
    const mayBePaid = ['PENDING', 'PROCESSING'].includes(invoice?.status ?? '');
    return [
      ...unless('I3', !isOverdue, `The booking is ${status} although its time is over.`, [bookingId]),
      ...unless('I3', status !== 'CANCELLING', 'The booking goes on being cancelled, and nothing happens.', [
        bookingId,
      ]),
      ...unless(
        'I3',
        !(hasEnded(booking) && mayBePaid && quiet(circumstances, invoice?.changedAt)),
        `The booking is ${status}, but its invoice is ${invoice?.status}: money may still come.`,
        [bookingId],
      ),
    ];
  });
}

function seatsThatStay({ seats, bookings }: EventRecords, circumstances: Circumstances): Violation[] {
  const bookingOf = byId(bookings);
  return seats.flatMap((seat) => {
    const { seatId, status, holder } = seat;
    if (!quiet(circumstances, seat.changedAt)) return [];
    if (holder?.kind === 'booking') {
      const booking = bookingOf.get(holder.bookingId);
      const isLeft = hasEnded(booking) && quiet(circumstances, booking?.changedAt);
      const what = `Seat ${seatId} is ${status} for a booking that is ${booking?.status ?? 'missing'}.`;
      return unless('I3', !isLeft, what, [seatId, holder.bookingId]);
    }
    const isFree = status === 'OPEN' && holder === null;
    const isWaiting = status === 'ON_GOING' && holder?.kind === 'waitlist';
    const what = `Seat ${seatId} is ${status} and held by ${holder?.kind ?? 'nobody'}.`;
    return unless('I3', isFree || isWaiting, what, [seatId]);
  });
}

/** What stands between a seat and its queue. */
function queuesThatStay({ seats, bookings, entries }: EventRecords, circumstances: Circumstances): Violation[] {
  const bookingOf = byId(bookings);
  return seats.flatMap((seat) => {
    const active = entries.filter((entry) => entry.active && entry.seatId === seat.seatId);
    const changes = active.map(({ changedAt }) => changedAt);
    const ofOffers = active.map((entry) => bookingOf.get(offerOf(entry))?.changedAt);
    if (!quiet(circumstances, seat.changedAt, ...changes, ...ofOffers)) return [];
    const ids = [seat.seatId, ...active.map(({ _id }) => _id)];
    return [
      ...emptyQueue(seat, active),
      ...active.flatMap((entry) => offerThatStays(entry, seat, bookingOf.get(offerOf(entry)))),
      ...unless(
        'I3',
        active.length === 0 || !seat.closed,
        `Seat ${seat.seatId} is closed, but people wait for it.`,
        ids,
      ),
      ...unless(
        'I3',
        !(active.length > 0 && seat.status === 'OPEN'),
        `People wait for seat ${seat.seatId}, which is OPEN.`,
        ids,
      ),
      ...unless(
        'I3',
        active.length === 0 || seat.waitlisted,
        `People wait for seat ${seat.seatId}, which does not know of them.`,
        ids,
      ),
      ...unless(
        'I3',
        !(seat.holder?.kind === 'waitlist' && active.some((entry) => isEligible(entry, circumstances))),
        `Seat ${seat.seatId} has come back, people wait, and it is offered to nobody.`,
        ids,
      ),
    ];
  });
}

const isEligible = ({ status, notBefore }: WaitlistEntry, { quietSince }: Circumstances): boolean =>
  status === 'WAITING' && (notBefore === undefined || notBefore <= quietSince);

function emptyQueue({ seatId, waitlisted, holder }: Seat, active: WaitlistEntry[]): Violation[] {
  const stands = active.length === 0 && holder?.kind === 'waitlist';
  const isMarked = active.length === 0 && waitlisted;
  const what = stands
    ? `Seat ${seatId} stands with an empty queue.`
    : `Seat ${seatId} says that somebody may wait for it; nobody does.`;
  return unless('I3', !(stands || isMarked), what, [seatId]);
}

function offerThatStays(entry: WaitlistEntry, { seatId, holder }: Seat, booking: Booking | undefined): Violation[] {
  if (entry.status !== 'OFFERED') return [];
  const isTheirs = holder?.kind === 'booking' && holder.bookingId === offerOf(entry);
  const isOpen = booking !== undefined && ['HOLDING', 'AWAITING_PAYMENT'].includes(booking.status);
  const what = `Seat ${seatId} is OFFERED to somebody by a booking that is ${booking?.status ?? 'missing'}${isTheirs ? '' : ' and does not have it'}.`;
  return unless('I3', isTheirs && isOpen, what, [entry._id, offerOf(entry)]);
}

function holdsThatStay({ holds, claims, bookings }: EventRecords, circumstances: Circumstances): Violation[] {
  const bookingOf = byId(bookings);
  const holdOf = byId(holds);
  const ofHolds = holds.flatMap((hold) => {
    const booking = bookingOf.get(hold._id);
    const isLeft = ['held', 'claiming'].includes(hold.state) && hasEnded(booking);
    const isQuiet = quiet(circumstances, hold.changedAt, booking?.changedAt);
    const what = `The organizer's hold is ${hold.state} for a booking that is ${booking?.status ?? 'missing'}.`;
    return unless('I3', !(isLeft && isQuiet), what, [hold._id]);
  });
  const ofSeats = claims.flatMap(({ seat, reference }) => {
    const hold = reference === null ? undefined : holdOf.get(reference);
    const isLeft = hold !== undefined && hold.state !== 'held' && quiet(circumstances, hold.changedAt);
    const what = `The organizer keeps seat ${seat} for a hold that is ${hold?.state}.`;
    return unless('I3', !isLeft, what, [seat, reference ?? '']);
  });
  return [...ofHolds, ...ofSeats];
}

/** What has ended no longer counts against what a person may have at once. */
function limitsThatStay(records: EventRecords, circumstances: Circumstances): Violation[] {
  const { bookings, entries, countedBookings, countedEntries } = records;
  return [
    ...bookings.flatMap((booking) => {
      const isLeft = hasEnded(booking) && countedBookings.has(booking._id) && quiet(circumstances, booking.changedAt);
      const what = `The booking is ${booking.status} and still counts against its buyer's limits.`;
      return unless('I3', !isLeft, what, [booking._id]);
    }),
    ...entries.flatMap((entry) => {
      const isLeft = !entry.active && countedEntries.has(entry._id) && quiet(circumstances, entry.changedAt);
      const what = `The entry is ${entry.status} and still counts against its person's limits.`;
      return unless('I3', !isLeft, what, [entry._id]);
    }),
  ];
}
