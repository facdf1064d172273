// node dist/scripts/temporal-setup.js: makes the namespace and its search attributes on a cluster of one's own.
import { Type } from 'typebox';
import { configurationOf, readEnvironment } from '../lib/config/environment.ts';
import { temporalClient, temporalEnvironment } from '../temporal/connection.ts';
import { prepareNamespace } from '../temporal/namespace.ts';

const PATIENCE_MS = 60_000;

const config = configurationOf('temporal-setup', () => readEnvironment(Type.Object(temporalEnvironment)));
const client = temporalClient(config);
try {
  await prepareNamespace(client, PATIENCE_MS);
  console.log(`The namespace ${config.TEMPORAL_NAMESPACE} at ${config.TEMPORAL_ADDRESS} is ready.`);
} catch (error) {
  console.error(`The namespace ${config.TEMPORAL_NAMESPACE} could not be prepared: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  await client.connection.close();
}
