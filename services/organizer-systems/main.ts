import { serve, stopOnSignal } from '../../lib/http/serve.ts';
import { createLogger } from '../../lib/logging/logger.ts';
import { connectDatabase } from '../../lib/mongo/connection.ts';
import { createOrganizerSystem } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { startSweep } from './jobs/sweep-holds.ts';

async function run(config: Config): Promise<void> {
  const { system } = config.credentials;
  const log = createLogger(`organizer-${system}`, config.logLevel);
  const database = connectDatabase(config.mongoUri, log);
  const { app, ledger } = createOrganizerSystem(config, database, log);
  const served = await serve(app, config.host, config.port);
  const stopSweep = startSweep(ledger, log);
  log.info({ url: served.url, failureRate: config.failureRate, seed: config.seed }, 'listening');
  stopOnSignal(log, async () => {
    stopSweep();
    // Injected silences would keep their connections open; whoever waits on one gets no answer either way.
    const closed = served.close();
    setTimeout(() => served.server.closeAllConnections(), 1_000).unref();
    await closed;
    await database.close();
  });
}

try {
  await run(readConfig(process.argv[2]));
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
