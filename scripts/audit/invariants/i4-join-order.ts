import type { Booking } from '../../../services/ticket-app/models/booking.ts';
import type { WaitlistEntry } from '../../../services/ticket-app/models/waitlist-entry.ts';
import { type Invariant, unless, type Violation } from '../invariant.ts';
import { stepAt } from '../records.ts';

/**
 * I4: promotions follow join order. Whenever a seat was offered, nobody who had joined before was still in its queue;
 * whoever is put back keeps the place, and is therefore offered the seat again before anybody behind.
 */
export const joinOrder: Invariant = ({ entries, bookings }) => {
  const seatIds = [...new Set(entries.map(({ seatId }) => seatId))];
  return seatIds.flatMap((seatId) => {
    const inOrder = entries.filter((entry) => entry.seatId === seatId).toSorted((a, b) => a.seq - b.seq);
    const outsiders = bookings.filter((one) => one.waitlistEntryId === undefined && one.seatIds.includes(seatId));
    return inOrder.flatMap((entry, i) => [
      ...places(entry, inOrder[i + 1]),
      ...inOrder.slice(i + 1).flatMap((behind) => passedOver(entry, behind)),
      ...outsiders.flatMap((booking) => sniped(entry, booking)),
      ...repeated(entry),
    ]);
  });
};

const offersOf = ({ history }: WaitlistEntry): number[] =>
  history.filter(({ step }) => step === 'offered').map(({ at }) => at.getTime());

/** In the queue at that instant: it had joined, and had not ended. */
const isIn = ({ joinedAt, endedAt }: WaitlistEntry, at: number): boolean =>
  joinedAt.getTime() < at && (endedAt === undefined || endedAt.getTime() > at);

/** Places are given in the order in which people joined, and each once. */
function places({ _id: entryId, seatId, seq, joinedAt }: WaitlistEntry, next: WaitlistEntry | undefined): Violation[] {
  if (!next) return [];
  const subject = { seatId, entryId, others: [next._id] };
  return [
    ...unless('place_twice', seq < next.seq, `Two people have place ${seq} in the queue for ${seatId}.`, subject),
    ...unless(
      'joined_in_disorder',
      joinedAt <= next.joinedAt,
      'Who joined later is before who joined earlier.',
      subject,
    ),
  ];
}

function passedOver(entry: WaitlistEntry, behind: WaitlistEntry): Violation[] {
  const at = offersOf(behind).find((offer) => isIn(entry, offer));
  const when = at === undefined ? '' : new Date(at).toISOString();
  const { seatId, _id: entryId } = entry;
  const what = `Seat ${seatId} was offered at ${when} to somebody who had joined later than one who was in the queue.`;
  return unless('passed_over', at === undefined, what, { seatId, entryId, others: [behind._id] });
}

/** A booking from outside the queue that got the seat while this entry was in the queue all the time. */
function sniped(entry: WaitlistEntry, booking: Booking): Violation[] {
  const from = stepAt(booking, 'requested');
  const to = stepAt(booking, 'seats_claimed');
  if (from === undefined || to === undefined) return [];
  const { seatId, _id: entryId } = entry;
  const was = isIn(entry, from) && isIn(entry, to);
  const what = `Seat ${seatId} went to somebody from outside the queue while a person waited.`;
  return unless('sniped', !was, what, { seatId, bookingId: booking._id, entryId });
}

/** One offer at a time: between two offers to one person stands the put-back that explains the second one. */
function repeated({ _id: entryId, seatId, history }: WaitlistEntry): Violation[] {
  const steps = history.map(({ step }) => step).filter((step) => step === 'offered' || step === 'requeued');
  const isTwice = steps.some((step, i) => step === 'offered' && steps[i - 1] === 'offered');
  return unless('promoted_twice', !isTwice, 'Somebody was promoted twice in one turn.', { seatId, entryId });
}
