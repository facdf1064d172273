import { configurationOf } from '../../lib/config/environment.ts';
import { serve, stopOnSignal } from '../../lib/http/serve.ts';
import { createLogger } from '../../lib/logging/logger.ts';
import { connectDatabase } from '../../lib/mongo/connection.ts';
import { startTracing } from '../../lib/tracing/tracing.ts';
import { createClientApp } from './app.ts';
import { readConfig } from './config.ts';
import { createDependencies } from './dependencies.ts';
import { startJobs } from './jobs/start.ts';

const config = configurationOf('client-app', readConfig);
const log = createLogger('client-app', config.logLevel);
const tracing = await startTracing('client-app', config.tracing);
const database = connectDatabase(config.mongodbUri, log);
const dependencies = await createDependencies(config, database.connection, log);
const app = createClientApp(dependencies, { database: database.check });
const served = await serve(app, config.host, config.port);
log.info({ url: served.url }, 'listening');
let jobs: ReturnType<typeof startJobs> | undefined;
void database.ready.then(() => {
  jobs = startJobs(dependencies);
});

stopOnSignal(log, async () => {
  dependencies.listening.close();
  await served.close();
  await jobs?.stop();
  await database.close();
  await tracing?.stop();
});
