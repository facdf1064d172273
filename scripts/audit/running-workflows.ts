import type { Client } from '@temporalio/client';

/**
 * The ids of all workflows that run. Read before the databases are: what a document waits for ran then, or has ended since
 * and changed the document.
 */
export async function runningWorkflows(temporal: Client): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const { workflowId } of temporal.workflow.list({ query: "ExecutionStatus = 'Running'" }))
    ids.add(workflowId);
  return ids;
}
