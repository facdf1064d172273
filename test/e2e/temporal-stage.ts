// What tests look at in Temporal: which workflows run, and what their histories cost.
import type { Client } from '@temporalio/client';
import { temporalClient } from '../../temporal/connection.ts';
import { system } from '../engines.ts';

let opened: Client | undefined;

/** A client of the system's own Temporal server. */
export function temporal(): Client {
  const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '' } = system().env;
  opened ??= temporalClient({ TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE });
  return opened;
}

export async function closeTemporal(): Promise<void> {
  await opened?.connection.close();
  opened = undefined;
}

/** Tells whether a run of that workflow is open; false if there never was one. */
export async function runs(workflowId: string): Promise<boolean> {
  try {
    return (await temporal().workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if ((error as Error).name === 'WorkflowNotFoundError') return false;
    throw error;
  }
}

export async function wasStarted(workflowId: string): Promise<boolean> {
  try {
    await temporal().workflow.getHandle(workflowId).describe();
    return true;
  } catch (error) {
    if ((error as Error).name === 'WorkflowNotFoundError') return false;
    throw error;
  }
}

export interface Cost {
  events: number;
  tasks: number;
}

/** The history of a workflow's present run, or of that run, as it is now. */
export async function costOf(workflowId: string, runId?: string): Promise<Cost> {
  const { events } = await temporal().workflow.getHandle(workflowId, runId).fetchHistory();
  const all = events ?? [];
  const tasks = all.filter((event) => event.workflowTaskCompletedEventAttributes).length;
  return { events: all.length, tasks };
}

/** The runs of a workflow, first to last, by its own chain of continue-as-new. */
export async function chainOf(workflowId: string): Promise<string[]> {
  const { raw } = await temporal().workflow.getHandle(workflowId).describe();
  const chain = [raw.workflowExecutionInfo?.execution?.runId ?? ''];
  for (;;) {
    const { events } = await temporal().workflow.getHandle(workflowId, chain[0]).fetchHistory();
    const before = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    if (!before) return chain;
    chain.unshift(before);
  }
}
