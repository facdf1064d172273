import type { Client } from '@temporalio/client';
import { temporalClient } from '../../temporal/connection.ts';
import { describeWorkflow } from '../../temporal/describe.ts';
import { ticketingTaskQueue } from '../../workflows/booking/booking.messages.ts';
import { workflowIdsOf } from '../../workflows/booking/workflow-ids.ts';
import type { Settings } from './settings.ts';

export interface PendingStep {
  step: string;
  attempt: number;
  lastFailure?: string;
  nextAttemptAt?: string;
}

/** A booking's workflow, its cancellation's, or one that finishes or gives back what a lost one left: its newest run. */
export interface WorkflowRun {
  workflowId: string;
  runId: string;
  status: string;
  startedAt: string;
  closedAt?: string;
  /** The status line that the workflow writes of itself; only while it runs and a worker answers. */
  details?: string;
  pending: PendingStep[];
  url?: string;
}

/** How much work waits for workers, and whether there are any. */
export interface QueueState {
  queue: string;
  kind: 'workflow' | 'activity';
  backlog: number;
  /** How long the oldest task has waited. */
  lagSeconds: number;
  pollers: number;
}

const patienceMs = 4_000;
const detailsPatienceMs = 1_500;

export type Workflows = ReturnType<typeof createWorkflows>;

/** What is looked at in Temporal. Everything rejects while it is away. */
export function createWorkflows({ temporal, temporalUi }: Settings) {
  let opened: Client | undefined;
  const client = () => {
    opened ??= temporalClient(temporal);
    return opened;
  };

  /** The SDK's own query for what `setCurrentDetails` has set. Without a worker there is no answer. */
  async function detailsOf(workflowId: string): Promise<string | undefined> {
    try {
      const answer = await client().connection.withDeadline(Date.now() + detailsPatienceMs, () =>
        client().workflow.getHandle(workflowId).query<{ currentDetails?: string }>('__temporal_workflow_metadata'),
      );
      return answer.currentDetails;
    } catch {
      return undefined;
    }
  }

  async function one(workflowId: string): Promise<WorkflowRun | undefined> {
    const found = await describeWorkflow(client(), workflowId);
    if (!found) return undefined;
    const details = found.status.name === 'RUNNING' ? await detailsOf(workflowId) : undefined;
    const space = encodeURIComponent(temporal.TEMPORAL_NAMESPACE);
    return {
      workflowId,
      runId: found.runId,
      status: found.status.name,
      startedAt: found.startTime.toISOString(),
      ...(found.closeTime && { closedAt: found.closeTime.toISOString() }),
      ...(details && { details }),
      pending: (found.raw.pendingActivities ?? []).map((step) => ({
        step: step.activityType?.name ?? 'unknown',
        attempt: step.attempt ?? 1,
        ...(step.lastFailure?.message && { lastFailure: step.lastFailure.message }),
      })),
      ...(temporalUi && {
        url: `${temporalUi}/namespaces/${space}/workflows/${encodeURIComponent(workflowId)}/${found.runId}`,
      }),
    };
  }

  return {
    /** Those that there are of a booking. */
    async ofBooking(bookingId: string): Promise<WorkflowRun[]> {
      return (await Promise.all(workflowIdsOf(bookingId).map(one))).filter((run) => run !== undefined);
    },

    async queues(): Promise<QueueState[]> {
      const kinds = [
        ['workflow', 1],
        ['activity', 2],
      ] as const;
      const { connection } = client();
      const ask = ([kind, taskQueueType]: (typeof kinds)[number]) =>
        connection.withDeadline(Date.now() + patienceMs, async () => {
          const { stats, pollers } = await connection.workflowService.describeTaskQueue({
            namespace: temporal.TEMPORAL_NAMESPACE,
            taskQueue: { name: ticketingTaskQueue },
            taskQueueType,
            reportStats: true,
          });
          return {
            queue: ticketingTaskQueue,
            kind,
            backlog: Number(stats?.approximateBacklogCount ?? 0),
            lagSeconds: Number(stats?.approximateBacklogAge?.seconds ?? 0),
            pollers: pollers?.length ?? 0,
          };
        });
      return Promise.all(kinds.map(ask));
    },

    async close(): Promise<void> {
      await opened?.connection.close();
    },
  };
}
