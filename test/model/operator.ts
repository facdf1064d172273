import { askToCancel, bookingWorkflowId } from './booking.ts';
import { attemptAt } from './booking-activities.ts';
import { isOver } from './booking-document.ts';
import { cancellationWorkflowId, startCancellation } from './cancellation.ts';
import type { Step } from './checker.ts';
import { createGiveBack } from './give-back.ts';
import { orphanedSaleId, saleSteps } from './orphaned-sale.ts';
import { type Activities, change, isRunning, notStarted, performStep, stall } from './workflow.ts';
import { put, type Setting, spend, the, type World } from './world.ts';

export const orphanedBookingId = (bookingId: string) => `orphaned-booking/${bookingId}`;

/** Workflows that are terminated by hand, and what an operator does about them. */
export function createOperator(setting: Setting, activities: Activities) {
  const { seatsOf, rules } = setting;
  const giveBack = createGiveBack(setting, activities);

  /** What the workflow had under way may go on. */
  function terminationSteps(world: World, workflow: string): Step<World>[] {
    const run = the(world.runs, workflow);
    if (world.left.terminated === 0 || !isRunning(run)) return [];
    const gone = put(spend(world, 'terminated'), 'runs', workflow, { ...notStarted, at: 'terminated' });
    const late = run.attempt && stall(gone, run.attempt);
    const label = `${workflow} is TERMINATED at ${run.at}`;
    return [
      { label, fair: false, to: gone },
      ...(late ? [{ label: `${label}; its attempt goes on`, fair: false, to: late }] : []),
    ];
  }

  const isHeld = (world: World, id: string): boolean =>
    seatsOf(id).some((seatId) => the(world.seats, seatId).holder === id);

  /** `kursi hold release` of a booking whose workflow is gone: services/ticket-app/commands/release-hold.ts, "give_back". */
  function releaseSteps(world: World, id: string): Step<World>[] {
    const booking = the(world.bookings, id);
    const workflow = orphanedBookingId(id);
    const orphan = world.runs[workflow];
    if (!orphan) return [];
    if (isRunning(orphan)) return orphanSteps(world, id);
    if (booking.status === 'absent' || isRunning(world.runs[bookingWorkflowId(id)])) return [];
    if (the(world.runs, bookingWorkflowId(id)).at !== 'terminated') return [];
    const invoice = the(world.invoices, id).status;
    const isSold = booking.status === 'CONFIRMED' || booking.status === 'CANCELLING' || booking.wasConfirmed;
    const isDone = isOver(booking) && !isHeld(world, id);
    if (isSold || isDone || invoice === 'PROCESSING' || invoice === 'PAID') return [];
    const to = put(world, 'runs', workflow, { ...notStarted, at: 'voidInvoice', releasesHold: true });
    return [{ label: `an operator has the hold of ${id} released`, fair: true, to }];
  }

  /** workflows/booking/orphaned-booking.workflow.ts */
  function orphanSteps(world: World, id: string): Step<World>[] {
    const workflow = orphanedBookingId(id);
    const { at } = the(world.runs, workflow);
    if (at === 'awaitSettlement') {
      if (the(world.invoices, id).status === 'PROCESSING') return [];
      return [{ label: `${workflow}: asks again`, fair: true, to: change(world, workflow, { at: 'voidInvoice' }) }];
    }
    if (at === 'voidInvoice')
      return performStep(world, activities, {
        workflow,
        start: attemptAt(at, id),
        hear(on, answer) {
          if (answer === 'PROCESSING') return change(on, workflow, { at: 'awaitSettlement' });
          if (answer === 'PAID') return change(on, workflow, { at: 'closed' });
          const refund = answer === 'REFUNDING' || answer === 'REFUNDED';
          if (isOver(the(on.bookings, id))) return giveBack.begin(on, id, workflow, refund);
          return change(on, workflow, { at: 'endBooking', money: refund ? 'requestRefund' : 'none' });
        },
      });
    if (at === 'endBooking')
      return performStep(world, activities, {
        workflow,
        start: attemptAt(at, id, 'cancelled_by_organizer'),
        hear: (on) => giveBack.begin(on, id, workflow, the(on.runs, workflow).money === 'requestRefund'),
      });
    return giveBack.steps(world, id, workflow);
  }

  /** `kursi webhooks replay`: money came, and the workflow that had been told is gone. */
  function replaySteps(world: World, id: string): Step<World>[] {
    const invoice = world.invoices[id];
    if (invoice?.status !== 'PAID' || !['done', 'given_up'].includes(invoice.webhook)) return [];
    const { status } = the(world.bookings, id);
    const isGone = the(world.runs, bookingWorkflowId(id)).at === 'terminated';
    if (!isGone || status === 'CONFIRMED' || isRunning(world.runs[orphanedSaleId(id)])) return [];
    // Without the rule it would be of no use.
    if (world.tickets[id]?.status === 'VALID' && !rules.saleFinished) return [];
    return [
      {
        label: `an operator has the webhook of ${id} sent again`,
        fair: true,
        to: put(world, 'invoices', id, { ...invoice, webhook: 'pending' }),
      },
    ];
  }

  /** `kursi hold release` of a booking whose workflow runs: only while it is unpaid. */
  function askingSteps(world: World, id: string): Step<World>[] {
    const asked = askToCancel(world, id, 'cancelled_by_organizer', rules.cancelUnlessPaid);
    return asked === world
      ? []
      : [{ label: `an operator asks for the seats of ${id}, unless they are paid`, fair: false, to: asked }];
  }

  /** `kursi hold release`, "cancel_again": sold and cancelled, and the workflow that gives the seats back is gone. */
  function cancelAgainSteps(world: World, id: string): Step<World>[] {
    const { status, wasConfirmed } = the(world.bookings, id);
    const isGone = world.runs[cancellationWorkflowId(id)]?.at === 'terminated';
    if (status !== 'CANCELLED' || !wasConfirmed || !isGone || !isHeld(world, id)) return [];
    return [{ label: `an operator has ${id} cancelled again`, fair: true, to: startCancellation(world, id) }];
  }

  const terminatedCancellation = (world: World, id: string): Step<World>[] => {
    const workflow = cancellationWorkflowId(id);
    return world.runs[workflow] ? terminationSteps(world, workflow) : [];
  };

  return {
    steps: (world: World, id: string): Step<World>[] => [
      ...terminationSteps(world, bookingWorkflowId(id)),
      ...releaseSteps(world, id),
      ...replaySteps(world, id),
      ...saleSteps(world, activities, id),
      ...askingSteps(world, id),
      ...terminatedCancellation(world, id),
      ...cancelAgainSteps(world, id),
    ],
  };
}
