import { createBookingLedger } from './booking-document.ts';
import { passedOver } from './invariants.ts';
import { createInvoiceLedger } from './invoice.ts';
import { createOrganizer } from './organizer.ts';
import { isOffer, wakeActor } from './queue.ts';
import { createSeatLedger } from './seat.ts';
import { createTicketRecords } from './ticket.ts';
import type { Activities, Activity, Attempt, Ran } from './workflow.ts';
import { breaking, put, type Setting, spend, the, type World } from './world.ts';

/** An attempt at an activity of a booking, from its first operation on. */
export const attemptAt = (activity: string, bookingId: string, by?: string): Attempt => ({
  activity,
  of: bookingId,
  at: firstOperation[activity] ?? activity,
  nth: 0,
  ...(by !== undefined && { by }),
});

const firstOperation: Record<string, string> = {
  beginBooking: 'write',
  holdAtOrganizer: 'hold',
  createInvoice: 'create',
  voidInvoice: 'void',
  confirmSeats: 'confirm',
  issueTicket: 'read',
  endBooking: 'end',
  releaseAtOrganizer: 'release',
  releaseSeats: 'release',
  requestRefund: 'bar',
  tellWaitlist: 'wake',
};

/** activities/bookings.ts, invoices.ts, organizer-holds.ts and tickets/issue-ticket.ts, an operation on a document at a time. */
export function createBookingActivities({ rules, seatsOf }: Setting): Activities {
  const seats = createSeatLedger(rules);
  const bookings = createBookingLedger(rules);
  const invoices = createInvoiceLedger(rules);
  const organizer = createOrganizer(rules);
  const tickets = createTicketRecords(rules);
  const seatAt = ({ of, nth = 0 }: Attempt) => seatsOf(of)[nth] ?? '';
  const isLast = ({ of, nth = 0 }: Attempt) => nth + 1 >= seatsOf(of).length;
  const nextSeat = (attempt: Attempt, at: string): Attempt => ({ ...attempt, at, nth: (attempt.nth ?? 0) + 1 });
  const done = (world: World, did: string, answer: string): Ran => ({ world, did, answer });
  const write = (world: World, of: string, change: (booking: ReturnType<typeof bookings.begin>) => typeof booking) =>
    put(world, 'bookings', of, change(the(world.bookings, of)));

  const beginBooking: Activity = (world, attempt) => {
    const { of } = attempt;
    if (attempt.at === 'write') {
      const next: Attempt = { ...attempt, at: isOffer(of) ? 'find' : 'claim' };
      return { world: write(world, of, bookings.begin), did: 'writes the booking down', next };
    }
    const seatId = seatAt(attempt);
    const seat = the(world.seats, seatId);
    if (attempt.at === 'find') {
      const isHeld = seat.holder === of;
      return done(world, `finds its offered seat ${isHeld ? '' : 'not '}held by it`, isHeld ? 'begun' : 'seat_taken');
    }
    const { answer, seat: after } = seats.claim(seat, of, !the(world.bookings, of).isTimeOver);
    let claimed = put(world, 'seats', seatId, after);
    if (answer === 'claimed') claimed = passedOver(claimed, rules);
    if (answer === 'taken' && seat.holder === of)
      claimed = breaking(claimed, 'K-1: a booking is refused because of its own claim');
    const did = `claims seat ${seatId}: ${answer}`;
    if (answer !== 'claimed' && answer !== 'already') {
      const refusal = { taken: 'seat_taken', closed: 'seat_closed', barred: 'too_late' }[answer];
      return done(claimed, did, refusal);
    }
    return isLast(attempt) ? done(claimed, did, 'begun') : { world: claimed, did, next: nextSeat(attempt, 'claim') };
  };

  /** Another booking holds one of these seats at the organizer. */
  const isTaken = (world: World, of: string) =>
    Object.entries(world.holds).some(
      ([other, hold]) =>
        other !== of && hold === 'held' && seatsOf(other).some((seatId) => seatsOf(of).includes(seatId)),
    );

  const holdAtOrganizer: Activity = (world, attempt) => {
    const { of } = attempt;
    if (attempt.at === 'hold') {
      const before = the(world.holds, of);
      const taken = isTaken(world, of);
      const { answer, hold } = organizer.hold(before, taken);
      let held = put(world, 'holds', of, hold);
      if (before === 'unknown' && taken) held = breaking(held, 'our own hold at the organizer stands in our way');
      if (answer === 'refused') return { world: held, did: 'refused', next: { ...attempt, at: 'close' } };
      return done(held, answer, answer);
    }
    const closed = seatsOf(of).reduce(
      (on, seatId) => put(on, 'seats', seatId, seats.close(the(on.seats, seatId))),
      world,
    );
    return done(closed, 'closes the seats that were sold elsewhere', 'refused');
  };

  const createInvoice: Activity = (world, attempt) => {
    const { of } = attempt;
    if (attempt.at === 'write')
      return done(write(world, of, bookings.awaitPayment), 'writes AWAITING_PAYMENT', 'created');
    const invoice = invoices.create(the(world.invoices, of));
    const created = put(world, 'invoices', of, invoice);
    if (invoice.status === 'VOIDED') return done(created, 'finds it voided', 'voided');
    return { world: created, did: 'creates it', next: { ...attempt, at: 'write' } };
  };

  const voidInvoice: Activity = (world, { of }) => {
    const { answer, invoice } = invoices.void(the(world.invoices, of));
    return done(put(world, 'invoices', of, invoice), answer, answer);
  };

  const confirmSeats: Activity = (world, attempt) => {
    const { of } = attempt;
    const seatId = seatAt(attempt);
    const before = the(world.seats, seatId);
    if (rules.confirmedStays && the(world.bookings, of).wasConfirmed)
      return done(world, 'it was confirmed before', 'confirmed');
    const { answer, seat } = seats.confirm(before, of);
    let confirmed = put(world, 'seats', seatId, seat);
    const did = `seat ${seatId}: ${answer}`;
    if (answer === 'lost' && before.holder === of)
      confirmed = breaking(confirmed, 'K-1: a seat counts as lost that the booking has');
    else if (answer === 'lost' && (world.invoices[of]?.status ?? 'PAID') === 'PAID')
      confirmed = breaking(confirmed, 'I2: the seat of a paid booking was given away');
    if (answer === 'lost') return done(confirmed, did, 'lost');
    return isLast(attempt) || !rules.everySeatConfirmed
      ? done(confirmed, did, 'confirmed')
      : { world: confirmed, did, next: nextSeat(attempt, 'confirm') };
  };

  const issueTicket: Activity = (world, attempt) => {
    const { of } = attempt;
    const { wasConfirmed } = the(world.bookings, of);
    const hasTickets = world.tickets[of] !== undefined;
    if (attempt.at === 'read' && hasTickets) {
      if (wasConfirmed && rules.issuedOnce) return done(world, 'was issued before', 'issued');
      return { world, did: 'reads the booking', next: { ...attempt, at: 'issue' } };
    }
    if (attempt.at === 'issue') {
      const ticket = tickets.issue(the(world.tickets, of));
      const issued = put(world, 'tickets', of, ticket);
      if (ticket.status === 'REVOKED') {
        const answer = wasConfirmed && rules.issuedOnce ? 'issued' : 'revoked';
        return done(issued, 'finds the ticket revoked', answer);
      }
      return { world: issued, did: 'issues the ticket', next: { ...attempt, at: 'confirm' } };
    }
    const confirmed = write(world, of, bookings.confirm);
    // Of a booking that has ended it throws, and is tried again.
    if (!the(confirmed.bookings, of).wasConfirmed)
      return { world, did: 'cannot confirm', next: attemptAt('issueTicket', of) };
    return done(confirmed, 'writes CONFIRMED', 'issued');
  };

  /** `by`: the reason. */
  const endBooking: Activity = (world, { of, by = '' }) => {
    const to = by.startsWith('cancelled') || by === 'event_cancelled' ? 'CANCELLED' : 'FAILED';
    return done(
      write(world, of, (booking) => bookings.end(booking, to, by)),
      `writes ${to}: ${by}`,
      'ended',
    );
  };

  const releaseAtOrganizer: Activity = (world, { of }) =>
    done(put(world, 'holds', of, organizer.release(the(world.holds, of))), 'releases its hold', 'released');

  const releaseSeats: Activity = (world, attempt) => {
    const { of, nth = 0 } = attempt;
    const next = isLast(attempt) ? undefined : nextSeat(attempt, 'release');
    const goOn = (on: World, did: string): Ran => (next ? { world: on, did, next } : done(on, did, 'released'));
    const seatId = seatAt(attempt);
    if (attempt.at === 'wake') return goOn(wakeActor(world, seatId), `wakes the waitlist of seat ${seatId}`);
    const before = the(world.seats, seatId);
    if (!rules.everySeatReleased && (nth > 0 || before.holder !== of))
      return goOn(world, `leaves seat ${seatId} as it is`);
    const { answer, seat } = seats.release(before, of);
    const released = put(world, 'seats', seatId, seat);
    const did = `releases seat ${seatId}: ${answer}`;
    return answer === 'handed' ? { world: released, did, next: { ...attempt, at: 'wake' } } : goOn(released, did);
  };

  /** services/ticket-app/commands/refund-booking.ts */
  const requestRefund: Activity = (world, attempt) => {
    const { of } = attempt;
    if (attempt.at === 'bar') {
      const { answer, ticket } = tickets.bar(the(world.tickets, of));
      const barred = put(world, 'tickets', of, ticket);
      if (answer === 'valid') return done(barred, 'finds a valid ticket', 'has_ticket');
      return { world: barred, did: 'bars the ticket', next: { ...attempt, at: 'refund' } };
    }
    const invoice = invoices.requestRefund(the(world.invoices, of));
    const asked = put(world, 'invoices', of, invoice);
    if (invoice.status === 'REFUNDED') return done(asked, 'hears that the money is back', 'succeeded');
    return done(asked, 'asks for the money', 'pending');
  };

  const tellWaitlist: Activity = (world, attempt) => {
    const seatId = seatAt(attempt);
    return done(wakeActor(world, seatId), `wakes the waitlist of seat ${seatId}`, 'told');
  };

  return {
    beginBooking,
    holdAtOrganizer,
    createInvoice,
    voidInvoice,
    confirmSeats,
    issueTicket,
    endBooking,
    releaseAtOrganizer,
    releaseSeats,
    requestRefund,
    tellWaitlist,
  };
}

/** The organizer has sold these seats elsewhere: its word is final. */
export function soldElsewhere(world: World, bookingId: string): World | undefined {
  const isUndecided = world.holds[bookingId] === 'unknown';
  return isUndecided && world.left.soldElsewhere > 0
    ? put(spend(world, 'soldElsewhere'), 'holds', bookingId, 'refused')
    : undefined;
}
