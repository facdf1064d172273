// npm run record: plays the interesting lives of a booking on a system of its own and keeps their histories in
// test/replay/histories, where the replay tests hold every later version of the workflows against them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { temporalClient } from '../temporal/connection.ts';
import { closeDatabases } from '../test/e2e/stage.ts';
import { setSystem } from '../test/engines.ts';
import { scenarios } from '../test/replay/scenarios.ts';
import { System } from './system/system.ts';
import { factsOf } from './testing/remote-system.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = fileURLToPath(new URL('../test/replay/histories', import.meta.url));
const system = new System({
  dir: process.env.KURSI_DIR ?? '.kursi-test',
  portOffset: Number(process.env.KURSI_PORT_OFFSET ?? 4_000),
  say: console.log,
  env: { ORGANIZER_FAILURE_RATE: '0', PAYMENT_DECLINE_RATE: '0', PAYMENT_REFUND_FAILURE_RATE: '0' },
});

/** Stack traces name the folders of the machine that recorded them; replay does not look at them. */
const withoutPaths = (json: string): string => json.replaceAll(root, '');

try {
  await system.startEngines();
  await system.startServices();
  setSystem({
    ...factsOf(system),
    kill: (name, signal) => system.kill(name, signal),
    restart: (name) => system.restart(name),
    pid: async (name) => system.pid(name),
  });
  mkdirSync(folder, { recursive: true });
  const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '' } = system.env;
  const client = temporalClient({ TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE });
  for (const [name, play] of Object.entries(scenarios)) {
    const handle = client.workflow.getHandle(await play(client));
    const outcome = await handle.result();
    const history = await handle.fetchHistory();
    writeFileSync(`${folder}/${name}.json`, `${withoutPaths(historyToJSON(history))}\n`);
    console.log(`${name}: ${JSON.stringify(outcome)}, ${history.events?.length} events`);
  }
  await client.connection.close();
  await closeDatabases();
} finally {
  await system.stop();
}
