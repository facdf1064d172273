import { proxyLocalActivities } from '@temporalio/workflow';
import type { CancellationActivities } from '../../activities/cancellations.ts';
import { quickly } from '../give-back/give-back.steps.ts';

/** Steps in our own database: no network of others, so they run within the workflow task. */
export const { revokeTicket } = proxyLocalActivities<CancellationActivities>({
  startToCloseTimeout: '5s',
  retry: quickly,
  summary: 'Take the ticket back, unless it has been used',
});
export const { writeCancelled } = proxyLocalActivities<CancellationActivities>({
  startToCloseTimeout: '5s',
  retry: quickly,
  summary: 'Write down that the booking is cancelled, and what is owed',
});
