import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { configurationOf } from '../../lib/config/environment.ts';
import { createApp } from '../../lib/http/app.ts';
import { serve, stopOnSignal } from '../../lib/http/serve.ts';
import { createLogger } from '../../lib/logging/logger.ts';
import { connectDatabase } from '../../lib/mongo/connection.ts';
import { startTracing } from '../../lib/tracing/tracing.ts';
import { checkTemporal, temporalClient } from '../connection.ts';
import { ensureSchedules } from '../schedules.ts';
import { tracedClient } from '../tracing.ts';
import { readWorkerConfig } from './config.ts';
import { createWorkerMetrics } from './metrics.ts';
import { freePort, RegistryWithSdk } from './sdk-metrics.ts';
import { createWorker } from './worker.ts';

const config = configurationOf('ticketing-worker', readWorkerConfig);
const log = createLogger('ticketing-worker', config.LOG_LEVEL);
const tracing = await startTracing('ticketing-worker', config);
const sdkPort = await freePort();
Runtime.install({
  shutdownSignals: [],
  telemetryOptions: {
    logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
    metrics: {
      prometheus: {
        bindAddress: `127.0.0.1:${sdkPort}`,
        countersTotalSuffix: true,
        unitSuffix: true,
        useSecondsForDurations: true,
      },
    },
  },
  logger: new DefaultLogger('WARN', ({ level, message, meta }) =>
    log[level === 'ERROR' ? 'error' : 'warn']({ temporal: meta }, message),
  ),
});

const database = connectDatabase(config.TICKET_APP_MONGODB_URI, log);
const client = temporalClient(config, await tracedClient(tracing));
const registry = new RegistryWithSdk(sdkPort);
const metrics = createWorkerMetrics(registry);
let state = 'starting';
const app = createApp({
  name: 'ticketing-worker',
  log,
  api: {
    title: 'Kursi ticketing worker',
    description: 'Runs workflows and activities; it is asked by operators only.',
  },
  routes: [],
  metrics: registry,
  checks: {
    mongodb: () => database.check(),
    temporal: () => checkTemporal(client),
    worker: async () => {
      if (state !== 'RUNNING') throw new Error(state);
    },
  },
});
const served = await serve(app, config.HOST, config.WORKER_METRICS_PORT);
log.info({ url: served.url }, 'listening');

await database.ready;
const { worker, connection } = await createWorker(database.connection, config, client, log, {
  metrics,
  tracing,
});
await ensureSchedules(client);
const run = worker.run();
state = worker.getState();

stopOnSignal(log, async () => {
  worker.shutdown();
  await run;
  await Promise.all([connection.close(), client.connection.close(), served.close(), database.close(), tracing?.stop()]);
});
await run;
state = 'stopped';
