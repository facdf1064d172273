// npm run record: plays the interesting lives of every workflow on a system of its own and keeps their histories in
// test/replay/histories (all of them, or those named as arguments), where the replay tests hold every later version of the workflows against them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { temporalClient } from '../temporal/connection.ts';
import { closeDatabases } from '../test/e2e/stage.ts';
import { setSystem } from '../test/engines.ts';
import { scenarios } from '../test/replay/scenarios/scenarios.ts';
import { System } from './system/system.ts';
import { factsOf } from './testing/remote-system.ts';

const eventsPerRun = 150;
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = fileURLToPath(new URL('../test/replay/histories', import.meta.url));
const system = new System({
  dir: process.env.KURSI_DIR ?? '.kursi-test',
  portOffset: Number(process.env.KURSI_PORT_OFFSET ?? 4_000),
  say: console.log,
  // A waitlist continues as new after some thousands of events; a kept history should be short.
  temporalSettings: { 'limit.historyCount.suggestContinueAsNew': eventsPerRun },
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
  const wanted = process.argv.slice(2);
  for (const [name, play] of Object.entries(scenarios)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const played = await play(client);
    const { workflowId, runId } = typeof played === 'string' ? { workflowId: played, runId: undefined } : played;
    const handle = client.workflow.getHandle(workflowId, runId, { followRuns: runId === undefined });
    const outcome = await handle.result().catch((error: Error) => error.name);
    const history = await handle.fetchHistory();
    writeFileSync(`${folder}/${name}.json`, `${withoutPaths(historyToJSON(history))}\n`);
    console.log(`${name}: ${JSON.stringify(outcome)}, ${history.events?.length} events`);
  }
  await client.connection.close();
  await closeDatabases();
} finally {
  await system.stop();
}
