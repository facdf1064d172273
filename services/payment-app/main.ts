import { configurationOf } from '../../lib/config/environment.ts';
import { serve, stopOnSignal } from '../../lib/http/serve.ts';
import { createLogger } from '../../lib/logging/logger.ts';
import { connectDatabase } from '../../lib/mongo/connection.ts';
import { startTracing } from '../../lib/tracing/tracing.ts';
import { createPaymentApp } from './app.ts';
import { readConfig } from './config.ts';

const config = configurationOf('payment-app', readConfig);
const log = createLogger('payment-app', config.logLevel);
const tracing = await startTracing('payment-app', config.tracing);
const database = connectDatabase(config.mongodbUri, log);
const payments = createPaymentApp({
  connection: database.connection,
  checkDatabase: () => database.check(),
  config,
  log,
});

// It listens at once, and reports itself not ready until the database is there.
const served = await serve(payments.app, config.host, config.port).catch((error: NodeJS.ErrnoException) => {
  console.error(`payment-app cannot listen on ${config.host}:${config.port}: ${error.code ?? error.message}.`);
  process.exit(1);
});
log.info({ url: served.url }, 'listening');
stopOnSignal(log, async () => {
  await served.close();
  await payments.stopJobs();
  await database.close();
  await tracing?.stop();
});
await database.ready;
payments.startJobs();
