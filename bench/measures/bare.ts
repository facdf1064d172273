import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { newId } from '../../lib/ids.ts';
import { temporalClient } from '../../temporal/connection.ts';
import { waitUntil } from '../../test/wait-until.ts';
import { bareTaskQueue, bareWorkflowType, paid, reserve } from '../bare/bare.messages.ts';
import type { Stage } from '../measure.ts';

const DRAIN_MS = 60_000;

export interface Bare {
  /** Workflows a second, from the first call to the end of the last. */
  round(atOnce: number, seconds: number): Promise<number>;
  close(): Promise<void>;
}

/** The ceiling: the least possible workflow on the same server, with a worker and a client of its own. */
export async function startBare({ system }: Stage): Promise<Bare> {
  const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = 'default' } = system.env;
  const worker = fork(fileURLToPath(new URL('../bare/worker.ts', import.meta.url)), {
    execArgv: ['--import=tsx'],
    env: { ...process.env, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE },
  });
  await Promise.race([once(worker, 'message'), died(worker)]);
  const client = temporalClient({ TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE });
  return {
    round: (atOnce, seconds) => round(client, atOnce, seconds),
    async close() {
      await client.connection.close();
      worker.disconnect();
      await once(worker, 'exit');
    },
  };
}

async function died(worker: ChildProcess): Promise<never> {
  await once(worker, 'exit');
  throw new Error('The worker of the bare workflow ended before it ran.');
}

async function round(client: Client, atOnce: number, seconds: number): Promise<number> {
  const name = newId();
  const startedAt = performance.now();
  let started = 0;
  const one = async () => {
    while (performance.now() - startedAt < seconds * 1_000) {
      started += 1;
      await reserveAndPay(client, `bare/${name}/${started}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  // Nobody waits for the end of each, as with bookings: the round ends when the last has ended.
  await waitUntil('the bare workflows to end', async () => (await running(client)) === 0, DRAIN_MS);
  return (started * 1_000) / (performance.now() - startedAt);
}

async function reserveAndPay(client: Client, workflowId: string): Promise<void> {
  const startWorkflowOperation = new WithStartWorkflowOperation(bareWorkflowType, {
    workflowId,
    taskQueue: bareTaskQueue,
    args: [],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
  });
  await client.workflow.executeUpdateWithStart(reserve, { startWorkflowOperation, updateId: 'reserve' });
  await client.workflow.getHandle(workflowId).signal(paid);
}

async function running(client: Client): Promise<number> {
  const query = `WorkflowType = '${bareWorkflowType}' AND ExecutionStatus = 'Running'`;
  return (await client.workflow.count(query)).count;
}
