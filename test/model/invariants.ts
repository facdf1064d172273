import { type Booking, isOver } from './booking-document.ts';
import { isActive, offerOf } from './queue.ts';
import type { Rules } from './rules.ts';
import { waitlist } from './seat.ts';
import { outcomeOfOffer } from './waitlist-ledger.ts';
import { isRunning } from './workflow.ts';
import { breaking, type Setting, the, type World } from './world.ts';

/** Money came: its booking must still have its seats. */
export function paidTooLate(world: World, bookingId: string, seatIds: readonly string[]): World {
  if (the(world.invoices, bookingId).status !== 'PAID') return world;
  const hasAll = seatIds.every((seatId) => the(world.seats, seatId).holder === bookingId);
  return hasAll ? world : breaking(world, 'I2: money comes for a seat that has been given away');
}

/** Who has been told that they are in the queue, waits, and has not asked to leave; or will be put back. */
const waitsKnowingly = (world: World, name: string, rules: Rules): boolean => {
  const entry = the(world.entries, name);
  const person = the(world.people, name);
  if (person.answer !== 'in_queue' || person.asks === 'leave') return false;
  if (entry.status === 'WAITING') return true;
  const offer = entry.status === 'OFFERED' && world.bookings[offerOf(name, entry)];
  return offer !== undefined && offer !== false && outcomeOfOffer(offer, rules) === 'requeue';
};

/** A seat was claimed by an ordinary booking: nobody may have been waiting for it. */
export function passedOver(world: World, rules: Rules): World {
  const waiting = Object.keys(world.entries).find((name) => waitsKnowingly(world, name, rules));
  return waiting === undefined ? world : breaking(world, 'I4: a booking takes a seat past its queue');
}

/** A seat was offered: nobody who joined earlier may be waiting. */
export function offeredPast(world: World, entryId: string, rules: Rules): World {
  const { seq } = the(world.entries, entryId);
  const earlier = Object.entries(world.entries).find(
    ([name, entry]) => entry.seq < seq && waitsKnowingly(world, name, rules),
  );
  return earlier === undefined ? world : breaking(world, 'I4: a seat is offered past who joined earlier');
}

/** More changes of an entry than any scenario gives reason for. */
const mostVersions = 10;

/** What is wrong with a state whatever follows. */
export function brokenIn(world: World): string | undefined {
  if (world.verdict.broken) return world.verdict.broken;
  const restless = Object.entries(world.entries).find(([, { version }]) => version > mostVersions);
  if (restless) return `I3: the seat is offered to ${restless[0]} again and again`;
  for (const [id, { charges, returns }] of Object.entries(world.invoices)) {
    if (charges > 1) return `I6: ${id} is charged twice`;
    if (returns > charges) return `I6: the money of ${id} goes back twice`;
  }
  return undefined;
}

/** What is wrong with a booking when nothing is left to do. */
function wrongBooking(world: World, id: string, booking: Booking, seatsOf: Setting['seatsOf']): string | undefined {
  const { status } = booking;
  const isSold = status === 'CONFIRMED';
  const seats = seatsOf(id).map((seatId) => the(world.seats, seatId));
  const invoice = world.invoices[id];
  const ticket = world.tickets[id];
  const isValid = ticket?.status === 'VALID';
  if (isValid && !seats.every((seat) => seat.holder === id && seat.status === 'BOOKED'))
    return `I1: ${id} has a valid ticket, and not its seats`;
  if (isSold && !seats.every((seat) => seat.holder === id && seat.status === 'BOOKED'))
    return `I1: ${id} is CONFIRMED and has not its seats`;
  if (invoice) {
    const isPaid = invoice.charges > 0;
    const isReturned = invoice.status === 'REFUNDING' || invoice.status === 'REFUNDED';
    const isTakenBack = booking.reason === 'cancelled_by_organizer' && world.runs[`booking/${id}`]?.at === 'closed';
    if (isPaid && isTakenBack) return `an operator who released a hold has undone the payment of ${id}`;
    if (isPaid && isValid && isReturned) return `I2: ${id} has both a ticket and a refund`;
    if (isPaid && !isValid && !isReturned) return `I2: ${id} was paid and has neither ticket nor refund`;
    if (isValid && !isPaid) return `I2: ${id} has a ticket and was not paid`;
    if (invoice.status === 'PENDING' || invoice.status === 'PROCESSING')
      return `the invoice of ${id} can be paid for ever`;
  }
  if (ticket?.isUsed && (!isValid || (invoice && invoice.status !== 'PAID')))
    return `I2: somebody was let in by the ticket of ${id}, which was given back`;
  if (isValid && !isSold) return `${id} has a valid ticket and is ${status}`;
  if (isSold && ticket && !isValid) return `${id} is CONFIRMED without a valid ticket`;
  if (!isSold && seats.some((seat) => seat.holder === id))
    return `I3: a seat is held for ever by ${id}, which is ${status}`;
  if (!isSold && world.holds[id] === 'held')
    return `I3: the organizer holds seats for ever for ${id}, which is ${status}`;
  if (status !== 'absent' && !isOver(booking)) return `I3: ${id} is ${status} for ever`;
  if (status === 'CANCELLING') return `${id} is CANCELLING for ever`;
  if (booking.wishes.length > 0) return `I5: a wish to cancel ${id} is forgotten`;
  return undefined;
}

/** What is wrong with a seat and its queue when nothing is left to do. */
function wrongQueue(world: World, seatId: string, { exactMarks }: Setting): string | undefined {
  const seat = the(world.seats, seatId);
  const actor = the(world.actors, seatId);
  if (seat.holder === waitlist) return 'I3: a seat stands with its waitlist for ever';
  const entries = Object.entries(world.entries);
  for (const [name, entry] of entries) {
    if (entry.status === 'OFFERED') return `I3: the offer to ${name} is never settled`;
    if (entry.status === 'LAPSED' && world.bookings[offerOf(name, entry)]?.reason === 'payment_unavailable')
      return `I4: ${name} has lost the place through nobody's fault`;
    if (entry.status !== 'WAITING') continue;
    if (seat.status === 'OPEN') return `I4: ${name} waits for a seat that is free`;
    if (seat.closed) return `I3: ${name} waits for a closed seat, and is not told`;
    if (!seat.waitlisted) return `I4: ${name} waits for a seat that does not know it, and will be passed over`;
  }
  const isEmpty = !entries.some(([, entry]) => isActive(entry));
  if (exactMarks && isEmpty && seat.waitlisted) return 'a seat takes somebody for waiting who does not';
  if (actor.isRunning && isEmpty) return 'the workflow of an empty queue runs on';
  return undefined;
}

/** What is wrong with a world in which nothing is left to do. */
export function wrongAtRest(world: World, setting: Setting): string | undefined {
  const { seatsOf } = setting;
  for (const [id, booking] of Object.entries(world.bookings)) {
    const wrong = wrongBooking(world, id, booking, seatsOf);
    if (wrong) return wrong;
  }
  for (const seatId of Object.keys(world.actors)) {
    const wrong = wrongQueue(world, seatId, setting);
    if (wrong) return wrong;
  }
  const [id = ''] = Object.keys(world.bookings);
  const isKept = world.bookings[id]?.status === 'CONFIRMED' && !world.tickets[id]?.isUsed;
  if (world.people.buyer?.answer === 'accepted' && isKept)
    return `I5: a cancellation of ${id} that was accepted is forgotten`;
  const unanswered = Object.entries(world.people).find(([, { asks }]) => asks === 'join' || asks === 'leave');
  if (unanswered) return `I5: ${unanswered[0]} has no answer`;
  const stuck = Object.entries(world.runs).find(([, run]) => isRunning(run));
  if (stuck) return `${stuck[0]} never ends: it is at ${stuck[1].at}`;
  const refused = Object.values(world.bookings).filter(({ reason }) => reason === 'seat_taken');
  const all = Object.values(world.bookings);
  if (all.length > 1 && refused.length === all.length)
    return 'bookings have refused each other, and nobody has the seats';
  return undefined;
}
