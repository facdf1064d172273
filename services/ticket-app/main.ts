import { Registry } from 'prom-client';
import { configurationOf } from '../../lib/config/environment.ts';
import { serve, stopOnSignal } from '../../lib/http/serve.ts';
import { createLogger } from '../../lib/logging/logger.ts';
import { connectDatabase } from '../../lib/mongo/connection.ts';
import { startTracing } from '../../lib/tracing/tracing.ts';
import { measuredTemporalCalls } from '../../temporal/client-metrics.ts';
import { checkTemporal, temporalClient } from '../../temporal/connection.ts';
import { tracedClient } from '../../temporal/tracing.ts';
import { createTicketApp } from './app.ts';
import { createBookings } from './bookings.ts';
import { createStartEventCancellation } from './commands/start-event-cancellation.ts';
import { readConfig } from './config.ts';
import { startSweeps } from './jobs/sweep.ts';
import { createOperations } from './operations.ts';
import { keysOfClientApp } from './routes/access.ts';
import { createWaitlist } from './waitlist.ts';

const config = configurationOf('ticket-app', readConfig);
const log = createLogger('ticket-app', config.logLevel);
const tracing = await startTracing('ticket-app', config.tracing);
const database = connectDatabase(config.mongodbUri, log);
const metrics = new Registry();
const temporal = temporalClient(config.temporal, [...(await tracedClient(tracing)), measuredTemporalCalls(metrics)]);
const shared = {
  connection: database.connection,
  log,
  serviceSecrets: config.serviceSecrets,
  adminKeys: keysOfClientApp(config.clientAppJwksUrl),
};
const clientApp = {
  clientAppWebhookUrl: config.clientAppWebhookUrl,
  ticketingWebhookSecret: config.ticketingWebhookSecret,
};
const waitlist = createWaitlist({ ...shared, ...clientApp, temporal });
const { routes, sweeps } = createBookings({
  ...shared,
  ...clientApp,
  temporal,
  paymentWebhookSecrets: config.paymentWebhookSecrets,
  paymentAppUrl: config.paymentAppUrl,
  paymentAppSecret: config.paymentAppServiceSecrets[0],
  ticketKeys: config.ticketKeys,
  deliverWaitlistNews: waitlist.deliverNews,
  bookingsInFlight: config.bookingsInFlight,
});
const { app, sweep, close } = createTicketApp({
  ...shared,
  checks: { mongodb: () => database.check(), temporal: () => checkTemporal(temporal) },
  startCancellation: createStartEventCancellation({ temporal, log }),
  wakeWaitlist: waitlist.wake,
  metrics,
  operations: createOperations({
    ...shared,
    temporal,
    metrics,
    paymentAppUrl: config.paymentAppUrl,
    paymentAppSecret: config.paymentAppServiceSecrets[0],
  }),
  routes: [routes, waitlist.routes],
});

// It listens at once, and reports itself not ready until the database is there.
const served = await serve(app, config.host, config.port).catch((error: NodeJS.ErrnoException) => {
  console.error(`ticket-app cannot listen on ${config.host}:${config.port}: ${error.code ?? error.message}.`);
  process.exit(1);
});
log.info({ url: served.url }, 'listening');
let sweeping: ReturnType<typeof startSweeps> | undefined;
let news: ReturnType<typeof waitlist.startNews> | undefined;
stopOnSignal(log, async () => {
  close();
  await served.close();
  await Promise.all([sweeping?.stop(), news?.stop()]);
  await Promise.all([database.close(), temporal.connection.close(), tracing?.stop()]);
});
await database.ready;
sweeping = startSweeps({ events: sweep, ...sweeps, ...waitlist.sweeps }, log);
news = waitlist.startNews();
