import { proxyActivities } from '@temporalio/workflow';
import type { SweepActivities } from '../../activities/sweeps.ts';

const { sweepOrphanedPdfs } = proxyActivities<SweepActivities>({
  startToCloseTimeout: '5m',
  retry: { initialInterval: '1s', maximumAttempts: 5 },
  summary: 'Delete PDF uploads that never became a ticket',
});

/** One pass of what has to be looked for from time to time. The next one is the schedule's, so a failed pass loses nothing. */
export async function sweep(): Promise<{ orphanedPdfs: number }> {
  return { orphanedPdfs: await sweepOrphanedPdfs() };
}
