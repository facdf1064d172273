import { outcomeOfOffer } from '../../../activities/waitlist/outcome-of-offer.ts';
import type { Booking } from '../../../services/ticket-app/models/booking.ts';
import { offerOf, type WaitlistEntry } from '../../../services/ticket-app/models/waitlist-entry.ts';
import { type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import { byId } from '../records.ts';

/** I4: a place in a queue and the bookings by which its seat was offered tell the same story. */
export const offers: Invariant = ({ seats, entries, bookings }, circumstances) => {
  const bookingOf = byId(bookings);
  const entryOf = byId(entries);
  const lastSeqOf = new Map(seats.map(({ seatId, waitSeq }) => [seatId, waitSeq]));
  return [
    ...entries.flatMap((entry) => {
      const booking = bookingOf.get(offerOf(entry));
      return [
        ...place(entry, lastSeqOf.get(entry.seatId)),
        ...(quiet(circumstances, entry.changedAt, booking?.changedAt) ? ending(entry, booking) : []),
      ];
    }),
    ...bookings.flatMap((booking) => {
      const { waitlistEntryId } = booking;
      return waitlistEntryId === undefined ? [] : belongs(booking, waitlistEntryId, entryOf.get(waitlistEntryId));
    }),
  ];
};

function place({ _id: entryId, seatId, seq, status, active }: WaitlistEntry, lastSeq: number | undefined): Violation[] {
  const isActive = status === 'WAITING' || status === 'OFFERED';
  const what = `The seat has given out ${lastSeq ?? 'no'} places, and this one is number ${seq}.`;
  return [
    ...unless('number_ahead', lastSeq !== undefined && seq <= lastSeq, what, { seatId, entryId }),
    ...unless('active_differs', active === isActive, `The entry is ${status} and ${active ? '' : 'not '}active.`, {
      seatId,
      entryId,
    }),
  ];
}

/** What became of the last offer is what became of the place. */
function ending(entry: WaitlistEntry, booking: Booking | undefined): Violation[] {
  const { _id: entryId, seatId, status } = entry;
  if (status !== 'FULFILLED' && status !== 'LAPSED' && status !== 'DECLINED') return [];
  const outcome = booking && outcomeOfOffer(booking);
  const what = `The entry is ${status}; the booking of its offer is ${booking ? `${booking.status} ${booking.reason ?? ''}`.trim() : 'missing'}.`;
  return unless('end_differs', outcome === status, what, { seatId, entryId, bookingId: offerOf(entry) });
}

function belongs(booking: Booking, entryId: string, entry: WaitlistEntry | undefined): Violation[] {
  const { _id: bookingId, customerId, seatIds } = booking;
  const isTheirs = entry !== undefined && entry.customerId === customerId && seatIds.join() === entry.seatId;
  const what = `The booking is the offer of a place that is ${entry ? "another person's or another seat's" : 'missing'}.`;
  return unless('offer_of_another', isTheirs, what, { bookingId, entryId });
}
