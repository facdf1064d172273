import type { Client } from '@temporalio/client';
import { ticketingTaskQueue } from '../../../workflows/booking/booking.messages.ts';
import {
  type SeatOfEvent,
  seatWaitlistWorkflowId,
  seatWaitlistWorkflowType,
  wake,
} from '../../../workflows/seat-waitlist/seat-waitlist.messages.ts';

/** A waker that hangs is tried again by whoever calls; without a deadline it would not know. */
const signalPatienceMs = 4_000;

export type WakeWaitlist = ReturnType<typeof createWakeWaitlist>;

/** Makes the waitlist of a seat look at its seat and queue, starting it if need be. Harmless when there is nothing to do. */
export function createWakeWaitlist(temporal: Client) {
  return async ({ eventId, seatId }: SeatOfEvent): Promise<void> => {
    const seat = { eventId, seatId };
    await temporal.connection.withDeadline(Date.now() + signalPatienceMs, () =>
      temporal.workflow.signalWithStart(seatWaitlistWorkflowType, {
        workflowId: seatWaitlistWorkflowId(seat),
        taskQueue: ticketingTaskQueue,
        args: [seat],
        signal: wake,
        signalArgs: [],
        workflowTaskTimeout: '5s',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        priority: { fairnessKey: eventId.slice(0, 64) },
        staticSummary: `The queue for seat ${seatId} of ${eventId}`,
      }),
    );
  };
}
