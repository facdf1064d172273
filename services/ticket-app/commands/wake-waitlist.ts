import type { Client } from '@temporalio/client';
import {
  type SeatOfEvent,
  seatWaitlistOptions,
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
        ...seatWaitlistOptions(seat),
        args: [seat],
        signal: wake,
        signalArgs: [],
      }),
    );
  };
}
