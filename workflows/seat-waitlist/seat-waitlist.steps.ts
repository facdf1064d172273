import { proxyLocalActivities } from '@temporalio/workflow';
import type { WaitlistActivities } from '../../activities/waitlist/waitlist.ts';

/* Steps in our own database: no network of others, so they run within the workflow task. */
const options = {
  startToCloseTimeout: '10s',
  retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '2s' },
} as const;

export const { joinQueue } = proxyLocalActivities<WaitlistActivities>({
  ...options,
  summary: 'Put a person at the end of the queue',
});
export const { leaveQueue } = proxyLocalActivities<WaitlistActivities>({
  ...options,
  summary: 'Take a person out of the queue',
});
export const { lookAtQueue } = proxyLocalActivities<WaitlistActivities>({
  ...options,
  summary: 'Look at the seat and its queue',
});
