// npm run record: plays the interesting lives of every workflow on a system of its own and keeps their histories in
// test/replay/histories, where the replay tests hold every later version of the workflows against them. It replaces none: from
// the first release on, a history stands for bookings that were begun by a released version.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { temporalClient } from '../temporal/connection.ts';
import { closeDatabases } from '../test/e2e/databases.ts';
import { fileFor, historiesOf } from '../test/replay/histories.ts';
import { scenarios } from '../test/replay/scenarios/scenarios.ts';
import { reasonOf } from './system/setup-error.ts';
import { checkOwnFolder } from './testing/own-folder.ts';
import { ownSystem, ownSystemOptions, startOwnSystem } from './testing/own-system.ts';

const help = `Records histories of workflows for the replay tests (test/replay/README.md).

  npm run record                     those that have no history yet
  npm run record -- --only NAME      this one; may be given more than once
  npm run record -- --all            every one
  npm run record -- --list           the names, and how many histories each has

A history that is kept stays: a new one of the same name is written beside it, as NAME.2.json. A system of its own is
started for it, by --dir and --port-offset as in npm test. All of them take about seven minutes.`;

const eventsPerRun = 150;
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = fileURLToPath(new URL('../test/replay/histories', import.meta.url));

mkdirSync(folder, { recursive: true });
const { wanted, ...values } = readArguments();
if (wanted.length === 0) {
  console.log('Every life has a history. To record one again, beside it: --only NAME; the names: --list.');
  process.exit(0);
}
const system = await ownSystem({
  name: 'record',
  dir: values.dir,
  'port-offset': values['port-offset'],
  say: console.log,
  // A waitlist continues as new after some thousands of events; a kept history should be short.
  temporalSettings: { 'limit.historyCount.suggestContinueAsNew': eventsPerRun },
  env: { ORGANIZER_FAILURE_RATE: '0', PAYMENT_DECLINE_RATE: '0', PAYMENT_REFUND_FAILURE_RATE: '0' },
}).catch((error: unknown) => {
  console.error(reasonOf(error));
  process.exit(1);
});
const failed: string[] = [];
try {
  await startOwnSystem(system);
  const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '' } = system.env;
  const client = temporalClient({ TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE });
  for (const [index, name] of wanted.entries()) {
    console.log(`${index + 1} of ${wanted.length}  ${name} …`);
    await record(client, name).catch((error: unknown) => {
      failed.push(name);
      console.error(`    not recorded: ${reasonOf(error)}`);
    });
  }
  await client.connection.close();
  await closeDatabases();
} finally {
  await system.stop();
}
console.log(
  `${wanted.length - failed.length} recorded, ${failed.length} not${failed.map((name) => ` ${name}`).join()}.`,
);
process.exit(failed.length > 0 ? 1 : 0);

/** The names of the lives to play, and where. A mistake ends the process. */
function readArguments() {
  const names = Object.keys(scenarios);
  const kept = readdirSync(folder);
  try {
    const { values, positionals } = parseArgs({
      options: {
        ...ownSystemOptions,
        only: { type: 'string', multiple: true, default: [] },
        all: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
      allowPositionals: true,
    });
    if (values.help || values.list) {
      const lines = names.map((name) => `${historiesOf(name, kept).length}  ${name}`);
      console.log(values.help ? help : lines.join('\n'));
      process.exit(0);
    }
    checkOwnFolder(values.dir);
    const only = [...values.only, ...positionals];
    const unknown = only.filter((name) => !names.includes(name));
    if (unknown.length > 0)
      throw new Error(`There is no life ${unknown.join(', ')}. The names: npm run record -- --list`);
    const missing = names.filter((name) => historiesOf(name, kept).length === 0);
    return { ...values, wanted: only.length > 0 ? only : values.all ? names : missing };
  } catch (error) {
    console.error(reasonOf(error));
    process.exit(2);
  }
}

/** Stack traces name the folders of the machine that recorded them; replay does not look at them. */
function withoutPaths(json: string): string {
  return json.replaceAll(root, '');
}

async function record(client: Client, name: string): Promise<void> {
  const begun = Date.now();
  const played = await scenarios[name]?.(client);
  if (played === undefined) return;
  const { workflowId, runId } = typeof played === 'string' ? { workflowId: played, runId: undefined } : played;
  const handle = client.workflow.getHandle(workflowId, runId, { followRuns: runId === undefined });
  const outcome = await handle.result().catch((error: Error) => error.name);
  const history = await handle.fetchHistory();
  const file = fileFor(name, readdirSync(folder));
  writeFileSync(`${folder}/${file}`, `${withoutPaths(historyToJSON(history))}\n`);
  const seconds = ((Date.now() - begun) / 1_000).toFixed(1);
  console.log(`    ${file}: ${history.events?.length} events, ${seconds} s, ended with ${JSON.stringify(outcome)}`);
}
