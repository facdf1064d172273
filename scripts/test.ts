// npm test [-- paths…] [--grep text] [--bail] [--lanes n]: starts engines, and for the end-to-end tests whole systems, in a
// folder and on ports of their own, and runs every suite. The last line says how many tests passed and failed.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findFreeOffset } from './system/ports.ts';
import { SetupError } from './system/setup-error.ts';
import { readRunningSystem } from './system/state-file.ts';
import type { SystemOptions } from './system/system.ts';
import { buildServices } from './testing/build-services.ts';
import { readDurations, slowestFiles, writeDurations } from './testing/durations.ts';
import { Lane } from './testing/lane.ts';
import { emptyOwnFolder } from './testing/own-folder.ts';
import { Schedule, type TestFile } from './testing/schedule.ts';
import { SUITES, type Suite, testFilesOf } from './testing/suites.ts';
import { TestRun } from './testing/test-run.ts';

/**
 * Beside a running `npm start`, and below 32768, where Linux begins to hand out ports to outgoing connections. Unless an
 * offset is asked for, the next free one is taken: nobody has to know where tests listen.
 */
const DEFAULT_PORT_OFFSET = 4_000;

/** Luck plays no part: faults and declines happen where a test orders them. */
const TEST_ENVIRONMENT = {
  // Every answer is held against its description.
  NODE_ENV: 'test',
  LOG_LEVEL: 'info',
  ORGANIZER_FAILURE_RATE: '0',
  ORGANIZER_SEED: 'test',
  PAYMENT_DECLINE_RATE: '0',
  PAYMENT_REFUND_FAILURE_RATE: '0',
  PAYMENT_SEED: 'test',
  // All buyers of the tests come from one address.
  REQUESTS_PER_ADDRESS: '0',
  REQUESTS_PER_PERSON: '0',
  SIGN_IN_FAILURES: '0',
  REGISTRATIONS: '0',
  // And a slow machine is not to be taken for a rush.
  SLOW_CALL_MS: '600000',
  CALLS_IN_FLIGHT: '10000',
  BOOKINGS_IN_FLIGHT: '10000',
};

/**
 * Systems side by side. The end-to-end tests mostly wait, for limits of a minute and for crashes to be noticed; three of them
 * and the tests of units use two processors well.
 */
const MOST_LANES = 3;
const SLOWEST_SHOWN = 10;

const root = fileURLToPath(new URL('..', import.meta.url));
let failures = 0;
let testRun: TestRun | undefined;
let finishing = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void finish('Interrupted.'));
// bootstrap.mjs has ended, however it ended.
process.on('disconnect', () => void finish('Interrupted.'));
process.channel?.unref();
process.on('uncaughtException', (error) => void finish(error.stack));

try {
  await runSuites();
  await finish();
} catch (error) {
  await finish(error instanceof SetupError ? error.message : String(error instanceof Error ? error.stack : error));
}

async function runSuites(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      dir: { type: 'string', default: process.env.KURSI_TEST_DIR || '.kursi-test' },
      'port-offset': { type: 'string', default: process.env.KURSI_TEST_PORT_OFFSET || '' },
      lanes: { type: 'string', default: process.env.KURSI_TEST_LANES || String(MOST_LANES) },
      grep: { type: 'string', short: 'g' },
      bail: { type: 'boolean', short: 'b', default: false },
    },
    allowPositionals: true,
  });
  const { dir, grep, bail } = values;
  if (readRunningSystem(dir)) throw new SetupError(`Another npm test runs in ${dir}; wait for its end.`);
  const known = readDurations(dir);
  emptyOwnFolder(dir);

  const files = SUITES.flatMap((suite) => filesOf(suite, positionals));
  const schedule = new Schedule(files, known);
  // Tests by name are few. And two systems cannot share a Temporal server: their workers would take each other's tasks.
  const most = grep !== undefined || process.env.TEMPORAL_ADDRESS ? 1 : Number(values.lanes);
  const offsets = await portOffsets(values['port-offset'], schedule.lanes(most));
  const built = files.some(({ needs }) => needs === 'system') ? await buildServices(dir) : undefined;
  const lanes = offsets.map((portOffset, index) => {
    const runner = { grep, bail, color: process.stdout.isTTY === true };
    const engines = files.some(({ needs }) => needs !== 'nothing');
    const system = { ...systemOf(dir, portOffset, index, offsets.length), ...(built && { built }) };
    return new Lane({ system, runner, engines });
  });
  const beside = lanes.length === 1 ? '' : `, ${lanes.length} systems side by side`;
  console.log(`Test files: ${files.length}${beside}`);
  testRun = new TestRun({ schedule, lanes, bail, say: console.log });
  try {
    await testRun.run();
  } finally {
    // A file of which some tests were left out says nothing.
    writeDurations(dir, grep === undefined ? { ...known, ...testRun.durations } : known);
  }
  sayAfterwards(testRun, lanes);
}

function filesOf(suite: Suite, paths: readonly string[]): TestFile[] {
  const files = testFilesOf(suite, root, paths);
  if (files.length === 0 && paths.length === 0) fail(`The suite "${suite.name}" has no tests.`);
  return files.map((file) => ({ file, needs: suite.needs }));
}

/** The first is the one that was asked for, if any; the others are the next free ones. */
async function portOffsets(wanted: string, count: number): Promise<number[]> {
  const offsets = [wanted ? Number(wanted) : await findFreeOffset(DEFAULT_PORT_OFFSET)];
  while (offsets.length < count) offsets.push(await findFreeOffset((offsets.at(-1) ?? 0) + 100));
  return offsets;
}

function systemOf(dir: string, portOffset: number, index: number, count: number): SystemOptions {
  return {
    dir: index === 0 ? dir : path.join(dir, `system-${index + 1}`),
    portOffset,
    say: count === 1 ? console.log : (line) => console.log(`system ${index + 1}: ${line}`),
    env: TEST_ENVIRONMENT,
    databaseSuffix: `_test_${Date.now()}_${index + 1}`,
    wayOut: (offset) => `KURSI_TEST_PORT_OFFSET=${offset} npm test`,
  };
}

function sayAfterwards({ total, durations, failedFiles }: TestRun, lanes: readonly Lane[]): void {
  if (total.passed + total.failed === 0) fail('No test was run: no file or name matches.');
  if (Object.keys(durations).length > SLOWEST_SHOWN) {
    console.log(`\nThe slowest files:\n${slowestFiles(durations, SLOWEST_SHOWN).join('\n')}`);
  }
  if (failedFiles.length > 0) console.log(`\nFailed, see above: ${failedFiles.join(', ')}`);
  if (total.failed > 0) console.log(`\nThe logs are in ${lanes.map(({ dir }) => `${dir}/logs`).join(', ')}.`);
}

function fail(reason: string): void {
  console.log(`\n${reason}`);
  failures += 1;
}

/** Stops everything, prints the last line and ends the process. With a reason it counts as a failure. */
async function finish(reason?: string): Promise<void> {
  if (finishing) return;
  finishing = true;
  if (reason !== undefined) fail(reason);
  await testRun?.stop();
  const { passed, failed, pending } = testRun?.total ?? { passed: 0, failed: 0, pending: 0 };
  if (pending > 0) console.log(`${pending} skipped`);
  console.log(`${passed} passed, ${failed + failures} failed`);
  process.exit(failed + failures === 0 ? 0 : 1);
}
