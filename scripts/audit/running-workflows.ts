import type { Client } from '@temporalio/client';
import { searchAttributes } from '../../workflows/booking/booking.messages.ts';
import { workflowIdsOf } from '../../workflows/booking/workflow-ids.ts';

/** A workflow that runs, as Temporal's list tells of it. */
export interface RunningWorkflow {
  runId: string;
  startedAt: Date;
  /** The booking's status and event, as the workflow wrote them where operators look for it. */
  status?: string | undefined;
  eventId?: string | undefined;
}

/** By their ids. */
export type RunningWorkflows = ReadonlyMap<string, RunningWorkflow>;

/** Whether a workflow of the booking runs; where Temporal was not asked, nobody knows of any. */
export const isWorkedOn = (bookingId: string, workflows: RunningWorkflows | undefined): boolean =>
  workflows !== undefined && workflowIdsOf(bookingId).some((id) => workflows.has(id));

/**
 * All workflows that run. Read before the databases are: what a document waits for ran then, or has ended since
 * and changed the document.
 */
export async function runningWorkflows(temporal: Client): Promise<RunningWorkflows> {
  const found = new Map<string, RunningWorkflow>();
  for await (const one of temporal.workflow.list({ query: "ExecutionStatus = 'Running'" })) {
    const { workflowId, runId, startTime: startedAt, typedSearchAttributes: attributes } = one;
    const [status, eventId] = [attributes.get(searchAttributes.status), attributes.get(searchAttributes.eventId)];
    found.set(workflowId, { runId, startedAt, status, eventId });
  }
  return found;
}
