import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { ticketingTaskQueue } from '../workflows/booking/booking.messages.ts';
import { sweepEvery, sweepScheduleId, sweepWorkflowType } from '../workflows/sweep/sweep.messages.ts';

/** Makes sure that the sweep runs. May be repeated by every worker that starts. */
export async function ensureSchedules(client: Client): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: sweepScheduleId,
      spec: { intervals: [{ every: sweepEvery }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP },
      action: { type: 'startWorkflow', workflowType: sweepWorkflowType, taskQueue: ticketingTaskQueue },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
