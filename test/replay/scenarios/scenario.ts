import type { Client } from '@temporalio/client';

/** Plays one life of a workflow on the running system, and answers with its id; with its run, where it has several. */
export type Scenario = (client: Client) => Promise<string | { workflowId: string; runId: string }>;
export type Scenarios = Record<string, Scenario>;
