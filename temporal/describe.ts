import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';

const patienceMs = 4_000;

/** What Temporal knows of the newest run of a workflow; undefined: of none. Rejects while it does not say. */
export async function describeWorkflow(
  { connection, workflow }: Client,
  workflowId: string,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await connection.withDeadline(Date.now() + patienceMs, () => workflow.getHandle(workflowId).describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Whether it runs now. Rejects while Temporal does not say: then nothing is done on a guess. */
export const isWorkflowRunning = async (client: Client, workflowId: string): Promise<boolean> =>
  (await describeWorkflow(client, workflowId))?.status.name === 'RUNNING';
