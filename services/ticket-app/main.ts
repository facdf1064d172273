import { configurationOf } from '../../lib/config/environment.ts';
import { serve, stopOnSignal } from '../../lib/http/serve.ts';
import { createLogger } from '../../lib/logging/logger.ts';
import { connectDatabase } from '../../lib/mongo/connection.ts';
import { checkTemporal, temporalClient } from '../../temporal/connection.ts';
import { createTicketApp } from './app.ts';
import { createBookingRouters } from './bookings.ts';
import { readConfig } from './config.ts';
import { startSweep } from './jobs/sweep.ts';
import { keysOfClientApp } from './routes/access.ts';

const config = configurationOf('ticket-app', readConfig);
const log = createLogger('ticket-app', config.logLevel);
const database = connectDatabase(config.mongodbUri, log);
const temporal = temporalClient(config.temporal);
const { app, sweep } = createTicketApp({
  connection: database.connection,
  log,
  serviceSecrets: config.serviceSecrets,
  adminKeys: keysOfClientApp(config.clientAppJwksUrl),
  checks: { mongodb: () => database.check(), temporal: () => checkTemporal(temporal) },
  routers: createBookingRouters({
    connection: database.connection,
    temporal,
    log,
    serviceSecrets: config.serviceSecrets,
    paymentWebhookSecrets: config.paymentWebhookSecrets,
    paymentAppUrl: config.paymentAppUrl,
    paymentAppSecret: config.paymentAppServiceSecrets[0],
    clientAppWebhookUrl: config.clientAppWebhookUrl,
    ticketingWebhookSecret: config.ticketingWebhookSecret,
    ticketSigningPublicKey: config.ticketSigningPublicKey,
  }),
});

// It listens at once, and reports itself not ready until the database is there.
const served = await serve(app, config.host, config.port).catch((error: NodeJS.ErrnoException) => {
  console.error(`ticket-app cannot listen on ${config.host}:${config.port}: ${error.code ?? error.message}.`);
  process.exit(1);
});
log.info({ url: served.url }, 'listening');
let sweeping: ReturnType<typeof startSweep> | undefined;
stopOnSignal(log, async () => {
  await served.close();
  await sweeping?.stop();
  await Promise.all([database.close(), temporal.connection.close()]);
});
await database.ready;
sweeping = startSweep(sweep, log);
