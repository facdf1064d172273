// npm test [-- paths…] [--grep text] [--bail]: starts the engines, and for the end-to-end tests the whole system, in a
// folder and on ports of its own, and runs every suite. The last line says how many tests passed and failed.
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findFreeOffset } from './system/ports.ts';
import { SetupError } from './system/setup-error.ts';
import { readRunningSystem } from './system/state-file.ts';
import type { SuiteResult } from './testing/run-suite.ts';
import { SUITES, testFilesOf } from './testing/suites.ts';
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
};

const root = fileURLToPath(new URL('..', import.meta.url));
const total: SuiteResult = { passed: 0, failed: 0, pending: 0 };
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
      grep: { type: 'string', short: 'g' },
      bail: { type: 'boolean', short: 'b', default: false },
    },
    allowPositionals: true,
  });
  if (readRunningSystem(values.dir)) throw new SetupError(`Another npm test runs in ${values.dir}; wait for its end.`);
  rmSync(values.dir, { recursive: true, force: true });

  const say = console.log;
  testRun = new TestRun({
    system: {
      dir: values.dir,
      portOffset: values['port-offset'] ? Number(values['port-offset']) : await findFreeOffset(DEFAULT_PORT_OFFSET),
      say,
      env: TEST_ENVIRONMENT,
      databaseSuffix: `_test_${Date.now()}`,
      wayOut: (offset) => `KURSI_TEST_PORT_OFFSET=${offset} npm test`,
    },
    grep: values.grep,
    bail: values.bail,
    say,
  });
  for (const suite of SUITES) {
    const files = testFilesOf(suite, root, positionals);
    if (files.length > 0) add(await testRun.run(suite, files));
    else if (positionals.length === 0) fail(`The suite "${suite.name}" has no tests.`);
    if (values.bail && total.failed > 0) break;
  }
  if (total.passed + total.failed === 0) fail('No test was run: no file or name matches.');
  if (total.failed > 0) say(`\nThe logs are in ${values.dir}/logs.`);
}

function add(result: SuiteResult): void {
  total.passed += result.passed;
  total.failed += result.failed;
  total.pending += result.pending;
}

function fail(reason: string): void {
  console.log(`\n${reason}`);
  total.failed += 1;
}

/** Stops everything, prints the last line and ends the process. With a reason it counts as a failure. */
async function finish(reason?: string): Promise<void> {
  if (finishing) return;
  finishing = true;
  if (reason !== undefined) fail(reason);
  await testRun?.stop();
  if (total.pending > 0) console.log(`${total.pending} skipped`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exit(total.failed === 0 ? 0 : 1);
}
