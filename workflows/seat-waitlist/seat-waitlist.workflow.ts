import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { continueAsNew, ParentClosePolicy, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import type { NextStep, OfferedBooking } from '../../activities/waitlist/look-at-queue.ts';
import { type BookingInput, bookingWorkflowOptions, bookingWorkflowType } from '../booking/booking.messages.ts';
import { offerPatienceMs, type SeatOfEvent } from './seat-waitlist.messages.ts';
import { lookAtQueue } from './seat-waitlist.steps.ts';
import { WaitlistDesk } from './waitlist-desk.ts';

/**
 * The queue of one seat, for as long as anybody waits: people join and leave, and when the seat comes back it is offered
 * to whoever joined first, as a booking of their own. The queue itself stands in the database; this is the one who
 * changes it, one thing at a time, and it decides from the documents alone. Nobody waits: it ends, and costs nothing.
 */
export async function seatWaitlist(seat: SeatOfEvent): Promise<void> {
  const desk = new WaitlistDesk(seat, async () => {
    await look(seat);
  });
  for (;;) {
    desk.isWoken = false;
    const next = await desk.oneAtATime(() => look(seat));
    switch (next.kind) {
      case 'offered':
        desk.tell(`Offered by booking ${next.booking.bookingId}`);
        await desk.untilWoken(undefined);
        break;
      case 'wait':
        desk.tell('Waiting for the seat to come back');
        await desk.untilWoken(next.lookAgainAt);
        break;
      case 'nobody_waits':
        desk.tell('Nobody waits');
        await desk.untilQuiet();
        if (!desk.isWoken) return;
        break;
      case 'again':
        break;
      default:
        next satisfies never;
    }
    if (desk.isFull) {
      await desk.untilQuiet();
      await continueAsNew<typeof seatWaitlist>(seat);
    }
  }
}

/** One look, and what follows from it: an offer is made only together with its booking. */
async function look(seat: SeatOfEvent): Promise<NextStep> {
  const next = await lookAtQueue(seat, Date.now() + offerPatienceMs);
  if (next.kind === 'offered') await startBooking(seat, next.booking);
  return next;
}

/** Starts the booking of an offer, which goes on by itself, whatever becomes of this workflow. */
async function startBooking({ eventId, seatId }: SeatOfEvent, offer: OfferedBooking): Promise<void> {
  const { bookingId, customerId, entryId } = offer;
  const input: BookingInput = {
    bookingId,
    customerId,
    eventId,
    seatIds: [seatId],
    startBefore: Date.now(),
    waitlistEntryId: entryId,
  };
  try {
    const { taskQueue: _, ...options } = bookingWorkflowOptions(input);
    await startChild(bookingWorkflowType, {
      ...options,
      staticSummary: `Offer seat ${seatId} of ${eventId} to entry ${entryId}`,
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      // One that was terminated before it wrote anything down is started again; else its document tells what became of it.
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
