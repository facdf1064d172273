import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Connection } from 'mongoose';
import type { Logger } from '../../lib/logging/logger.ts';
import type { Tracing } from '../../lib/tracing/tracing.ts';
import { ticketingTaskQueue } from '../../workflows/booking/booking.messages.ts';
import { connectionOptions } from '../connection.ts';
import { tracedWorker } from '../tracing.ts';
import { createActivities } from './activities.ts';
import type { WorkerConfig } from './config.ts';
import { measuredSteps, type WorkerMetrics } from './metrics.ts';

export const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));

/** What `npm run build` puts beside the built workflows: whether spans are made inside workflows is part of a bundle. */
export const bundlePaths = {
  plain: fileURLToPath(new URL('../../workflows/bundle.cjs', import.meta.url)),
  traced: fileURLToPath(new URL('../../workflows/bundle-traced.cjs', import.meta.url)),
};

/** The bundle of a build; from the source, where there is none, one is made at the start, which takes some seconds. */
function workflowCode(isTraced: boolean): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  const codePath = isTraced ? bundlePaths.traced : bundlePaths.plain;
  return existsSync(codePath) ? { workflowBundle: { codePath } } : { workflowsPath };
}

/** Connects to Temporal, however long it takes. */
async function connect(config: WorkerConfig, log: Logger): Promise<NativeConnection> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await NativeConnection.connect(connectionOptions(config));
    } catch (error) {
      if (tries === 1)
        log.warn({ reason: (error as Error).message }, `waiting for Temporal at ${config.TEMPORAL_ADDRESS}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** With a build id, bookings stay with the build that began them; without one, any worker may go on with any booking. */
function versioning({ WORKER_BUILD_ID }: WorkerConfig): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (WORKER_BUILD_ID === undefined) return {};
  return {
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName: 'kursi-ticketing', buildId: WORKER_BUILD_ID },
      defaultVersioningBehavior: 'PINNED',
    },
  };
}

/** The ticketing worker, not yet running. */
export async function createWorker(
  database: Connection,
  config: WorkerConfig,
  client: Client,
  log: Logger,
  { metrics, tracing }: { metrics: WorkerMetrics; tracing: Tracing | undefined },
): Promise<{ worker: Worker; connection: NativeConnection }> {
  const connection = await connect(config, log);
  const traced = tracing && (await tracedWorker(tracing));
  const worker = await Worker.create({
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: ticketingTaskQueue,
    ...workflowCode(traced !== undefined),
    activities: createActivities(database, config, client, log, metrics),
    interceptors: {
      ...traced?.interceptors,
      activity: [...(traced?.interceptors.activity ?? []), ({ info }) => measuredSteps(metrics, info.activityType)],
    },
    ...(traced && { sinks: traced.sinks }),
    shutdownGraceTime: '5s',
    // What a killed worker had in its memory goes to another one after this long, not after the default of 10 s.
    stickyQueueScheduleToStartTimeout: '3s',
    ...versioning(config),
  });
  return { worker, connection };
}
