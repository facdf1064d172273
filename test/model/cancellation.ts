import { askToCancel, bookingWorkflowId } from './booking.ts';
import { attemptAt } from './booking-activities.ts';
import { type Booking, createBookingLedger, isOver } from './booking-document.ts';
import type { Step } from './checker.ts';
import { createGiveBack } from './give-back.ts';
import { createTicketRecords } from './ticket.ts';
import {
  type Activities,
  type Activity,
  type Attempt,
  change,
  isRunning,
  notStarted,
  performStep,
  type Ran,
} from './workflow.ts';
import { put, type Setting, the, type World, withoutItem } from './world.ts';

export const cancellationWorkflowId = (bookingId: string) => `cancellation/${bookingId}`;
/** The call of ticket-app to cancel a booking, and the sweep that repeats it. */
export const callId = (bookingId: string) => `call/${bookingId}`;
export const sweepId = (bookingId: string) => `sweep/${bookingId}`;

const customer = 'cancelled_by_customer';
const done = (world: World, did: string, answer: string): Ran => ({ world, did, answer });
const seenBy = (attempt: Attempt): Booking => attempt.seen as Booking;

/** Starts the workflow of a cancellation, unless it runs. */
export function startCancellation(world: World, of: string): World {
  const workflow = cancellationWorkflowId(of);
  if (isRunning(world.runs[workflow])) return world;
  return put(world, 'runs', workflow, { ...notStarted, at: 'revokeTicket', releasesHold: true });
}

/** services/ticket-app/commands/cancel-booking.ts and activities/cancellations.ts. */
export function createCancellationActivities({ rules }: Setting): Activities {
  const bookings = createBookingLedger(rules);
  const tickets = createTicketRecords(rules);

  const cancelBooking: Activity = (world, attempt) => {
    const { of, at } = attempt;
    const booking = the(world.bookings, of);
    const write = (changed: Booking) => put(world, 'bookings', of, changed);
    const next = (on: World, did: string, place: string): Ran => ({
      world: on,
      did,
      next: { ...attempt, at: place, seen: booking },
    });
    const refused = () =>
      done(
        write({ ...booking, wishes: withoutItem(booking.wishes, customer) }),
        'refused: the ticket was used',
        'refused',
      );
    switch (at) {
      case 'find':
        if (!isOver(booking)) return next(world, `finds it ${booking.status}`, rules.wishWritten ? 'wish' : 'ask');
        if (booking.status === 'CONFIRMED') return next(world, 'finds it CONFIRMED', 'look');
        if (booking.status === 'CANCELLING') return next(world, 'finds it CANCELLING', 'start');
        return done(world, `finds it ${booking.status}`, 'accepted');
      case 'wish': {
        const wished = bookings.askToCancel(booking, customer);
        return isOver(wished)
          ? next(world, 'finds it over', 'find')
          : next(write(wished), 'writes the wish down', 'ask');
      }
      case 'ask':
        return done(askToCancel(world, of, customer, false), 'asks its workflow', 'accepted');
      case 'look':
        return world.tickets[of]?.isUsed ? refused() : next(world, 'sees an unused ticket', 'begin');
      case 'begin': {
        const begun = bookings.beginCancelling(booking, seenBy(attempt), customer);
        if (begun.status === 'CANCELLING') return next(write(begun), 'CANCELLING', 'start');
        // It was refused, or another call has done all of it.
        return begun.status === 'CONFIRMED' ? refused() : done(world, `finds it ${begun.status}`, 'accepted');
      }
      default:
        return done(startCancellation(world, of), 'starts its cancellation', 'accepted');
    }
  };

  const revokeTicket: Activity = (world, attempt) => {
    const { of, at } = attempt;
    const booking = the(world.bookings, of);
    if (at === 'read') {
      if (booking.status !== 'CANCELLING' && booking.status !== 'CANCELLED')
        return done(world, `finds it ${booking.status}`, 'not_cancelling');
      return { world, did: `finds it ${booking.status}`, next: { ...attempt, at: 'revoke', seen: booking } };
    }
    if (at === 'revoke') {
      const { answer, ticket } = tickets.revoke(the(world.tickets, of));
      if (answer === 'revoked') return done(put(world, 'tickets', of, ticket), 'REVOKED', 'revoked');
      return { world, did: 'finds it used', next: { ...attempt, at: 'resume' } };
    }
    return done(
      put(world, 'bookings', of, bookings.resume(booking, seenBy(attempt))),
      'CONFIRMED again',
      'ticket_used',
    );
  };

  const writeCancelled: Activity = (world, { of }) =>
    done(
      put(world, 'bookings', of, bookings.end(the(world.bookings, of), 'CANCELLED', customer)),
      'CANCELLED',
      'written',
    );

  return { cancelBooking, revokeTicket, writeCancelled };
}

/** A confirmed booking that is cancelled, by whoever asks, and a gate that lets people in meanwhile. */
export function createCancellation(setting: Setting, activities: Activities) {
  const { rules } = setting;
  const tickets = createTicketRecords(rules);
  const giveBack = createGiveBack(setting, activities);
  const call = (of: string): Attempt => ({ activity: 'cancelBooking', of, at: 'find' });

  /** workflows/cancellation/cancellation.workflow.ts */
  function workflowSteps(world: World, id: string): Step<World>[] {
    const workflow = cancellationWorkflowId(id);
    const { at } = the(world.runs, workflow);
    if (at === 'none' || at === 'terminated') return [];
    const afterRevoking = (on: World, answer: string): World => {
      if (answer !== 'revoked') return change(on, workflow, { at: 'closed' });
      return rules.revokeFirst
        ? change(on, workflow, { at: 'writeCancelled' })
        : giveBack.begin(on, id, workflow, true);
    };
    if (at === 'revokeTicket') {
      // Switched off: it is written first that it is cancelled.
      const isLater = !rules.revokeFirst && the(world.bookings, id).status === 'CANCELLING';
      if (isLater)
        return [
          { label: `${workflow}: writes first`, fair: true, to: change(world, workflow, { at: 'writeCancelled' }) },
        ];
      return performStep(world, activities, {
        workflow,
        start: { activity: at, of: id, at: 'read' },
        hear: afterRevoking,
      });
    }
    if (at === 'writeCancelled')
      return performStep(world, activities, {
        workflow,
        start: attemptAt(at, id),
        hear: (on) =>
          rules.revokeFirst ? giveBack.begin(on, id, workflow, true) : change(on, workflow, { at: 'revokeTicket' }),
      });
    return giveBack.steps(world, id, workflow);
  }

  /** The buyer calls, as often as they like; ticket-app may be killed on the way. */
  function callSteps(world: World, id: string): Step<World>[] {
    const workflow = callId(id);
    const { at } = the(world.runs, workflow);
    const { status } = the(world.bookings, id);
    const goTo = (place: string) => change(world, workflow, { at: place, attempt: null });
    if (at === 'none') {
      if (status === 'CANCELLED' || status === 'FAILED') return [];
      return [{ label: `the buyer cancels ${id}`, fair: false, to: goTo('cancelBooking') }];
    }
    return [
      ...performStep(world, activities, {
        workflow,
        start: call(id),
        hear: (on, answer) => put(change(on, workflow, { at: 'none' }), 'people', 'buyer', { asks: '', answer }),
      }),
      { label: `ticket-app is killed during the call to cancel ${id}`, fair: false, to: goTo('none') },
    ];
  }

  /** services/ticket-app/commands/settle-cancellations.ts */
  function sweepSteps(world: World, id: string): Step<World>[] {
    const workflow = sweepId(id);
    const { at } = the(world.runs, workflow);
    if (at !== 'none')
      return performStep(world, activities, {
        workflow,
        start: call(id),
        hear: (on) => change(on, workflow, { at: 'none' }),
      });
    const { status, wishes, wasConfirmed } = the(world.bookings, id);
    const run = the(world.runs, bookingWorkflowId(id));
    const isLeft = !isRunning(world.runs[cancellationWorkflowId(id)]);
    const isUnheard = isRunning(run) && run.payment !== 'PAID' && run.cancel === '';
    if (wishes.length > 0 && rules.wishesAskedAgain && (status === 'CONFIRMED' || isUnheard))
      return [
        {
          label: `the sweep asks again to cancel ${id}`,
          fair: true,
          to: change(world, workflow, { at: 'cancelBooking' }),
        },
      ];
    const isOwed = status === 'CANCELLED' && wasConfirmed && world.invoices[id]?.status === 'PAID';
    if (isLeft && ((status === 'CANCELLING' && rules.sweepStartsCancelling) || (isOwed && rules.sweepStartsOwing)))
      return [
        { label: `the sweep carries the cancellation of ${id} on`, fair: true, to: startCancellation(world, id) },
      ];
    return [];
  }

  /** A gate: somebody comes with the ticket, or with a copy of it. */
  function gateSteps(world: World, id: string): Step<World>[] {
    const used = tickets.checkIn(the(world.tickets, id));
    return used
      ? [{ label: `the gate lets in by the ticket of ${id}`, fair: false, to: put(world, 'tickets', id, used) }]
      : [];
  }

  return {
    steps: (world: World, id: string): Step<World>[] => [
      ...workflowSteps(world, id),
      ...callSteps(world, id),
      ...sweepSteps(world, id),
      ...gateSteps(world, id),
    ],
  };
}
