import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { newId } from '../../lib/ids.ts';
import { temporalClient } from '../../temporal/connection.ts';
import { waitUntil } from '../../test/wait-until.ts';
import { bareTaskQueue, bareWorkflowType, paid, reserve } from '../bare/bare.messages.ts';
import { nextMessage, startChild } from '../child.ts';
import type { Stage } from '../measure.ts';
import { cpuMsEach, type Usages, usageOf, usageOfAll } from '../processes.ts';
import { rounded, type Summary, summaryOf } from '../statistics.ts';

const DRAIN_MS = 60_000;

export interface BareRound {
  /** Workflows a second, from the first call to the end of the last. */
  perSecond: number;
  workflows: number;
  /** Processor time by process; those of Kursi are idle meanwhile. */
  cpuMsEach: Record<string, number>;
}

export interface BareReport {
  perSecond: Summary;
  /** One round by twice as many callers, a second: a ceiling hardly rises. Reports of older runs lack it. */
  perSecondDoubled?: number;
  cpuMsEach: Record<string, number>;
}

export interface Bare {
  round(atOnce: number, seconds: number): Promise<BareRound>;
  close(): Promise<void>;
}

/** The ceiling: the least possible workflow on the same server, with a worker and a client of its own. */
export async function startBare({ system }: Stage): Promise<Bare> {
  const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = 'default' } = system.env;
  const place = { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE };
  const worker = startChild(new URL('../bare/worker.ts', import.meta.url), place);
  await nextMessage(worker);
  const client = temporalClient(place);
  const usages = async (): Promise<Usages> => {
    const own = { 'bare-worker': usageOf(worker.pid ?? 0), 'bare-client': usageOf(process.pid) };
    const told = Object.entries(own).filter((entry): entry is [string, NonNullable<(typeof entry)[1]>] => !!entry[1]);
    const { temporal } = await usageOfAll(system);
    return { ...Object.fromEntries(told), ...(temporal && { temporal }) };
  };
  return {
    async round(atOnce, seconds) {
      const before = await usages();
      const { workflows, perSecond } = await round(client, atOnce, seconds);
      return { workflows, perSecond, cpuMsEach: cpuMsEach(before, await usages(), workflows) };
    },
    async close() {
      await client.connection.close();
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      worker.disconnect();
      await ended;
    },
  };
}

/** `doubled`: the round by twice as many callers. */
export function bareReport(rounds: readonly BareRound[], doubled: BareRound): BareReport {
  return {
    perSecond: summaryOf(rounds.map(({ perSecond }) => perSecond)),
    perSecondDoubled: rounded(doubled.perSecond),
    cpuMsEach: rounds.at(-1)?.cpuMsEach ?? {},
  };
}

/** The ceiling alone; `book` measures it again, each round beside its own. */
export async function measureBare(stage: Stage): Promise<BareReport> {
  const bare = await startBare(stage);
  try {
    const { buyersAtOnce, warmUpSeconds } = stage.sizes;
    await bare.round(buyersAtOnce, warmUpSeconds);
    const rounds: BareRound[] = [];
    while (rounds.length < stage.rounds) rounds.push(await bare.round(buyersAtOnce, stage.seconds));
    return bareReport(rounds, await bare.round(2 * buyersAtOnce, stage.seconds));
  } finally {
    await bare.close();
  }
}

async function round(client: Client, atOnce: number, seconds: number): Promise<Omit<BareRound, 'cpuMsEach'>> {
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
  return { workflows: started, perSecond: (started * 1_000) / (performance.now() - startedAt) };
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
