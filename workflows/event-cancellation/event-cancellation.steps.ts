import { proxyActivities } from '@temporalio/workflow';
import type { EventCancellationActivities } from '../../activities/event-cancellation.ts';

/** How long to let things settle before looking again: payments under way, organizers that do not answer. */
export const settleMs = { first: 1_000, longest: 30_000 };
/** After so many pages a new run begins, so that no history grows with the hall. */
export const pagesPerRun = 50;

const untilDone = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '30s' } as const;

export const { closeSeatsOfEvent } = proxyActivities<EventCancellationActivities>({
  startToCloseTimeout: '1m',
  retry: untilDone,
  summary: 'Close every seat',
});
/** A page takes as long as its bookings do; a worker that was killed is missed within the heartbeat's time. */
const page = { startToCloseTimeout: '10m', heartbeatTimeout: '20s', retry: untilDone } as const;
export const { wakeWaitlistsOfEvent } = proxyActivities<EventCancellationActivities>({
  ...page,
  summary: 'Tell the waitlists that their seats are closed',
});
export const { cancelHeldBookings } = proxyActivities<EventCancellationActivities>({
  ...page,
  summary: 'Cancel the bookings that hold seats, one page of them',
});
export const { settleEventCancellation } = proxyActivities<EventCancellationActivities>({
  startToCloseTimeout: '1m',
  retry: untilDone,
  summary: 'Look what is still held; when nothing is, the event is cancelled',
});
