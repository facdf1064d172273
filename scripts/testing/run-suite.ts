// Runs one suite with mocha in a process of its own, which scripts/test.ts starts: a suite that crashes or hangs takes
// nothing else down. Arguments: what it needs, then the options as JSON. Answers with one message: how many passed and failed.
import { readFileSync } from 'node:fs';
import Mocha from 'mocha';
import { setSystem } from '../../test/engines.ts';
import { reachSystem } from './remote-system.ts';
import type { Suite } from './suites.ts';

export interface SuiteOptions {
  needs: Suite['needs'];
  files: string[];
  grep: string | undefined;
  bail: boolean;
}

export interface SuiteResult {
  passed: number;
  failed: number;
  pending: number;
}

const CONFIG = new URL('../../.mocharc.json', import.meta.url);
/** After the last test: time for connections to close before the process is ended. */
const LEAVE_AFTER_MS = 2_000;

const options = JSON.parse(process.argv[2] ?? '') as SuiteOptions;
const { timeout, slow } = JSON.parse(readFileSync(CONFIG, 'utf8')) as { timeout: number; slow: number };

const mocha = new Mocha({ timeout, slow, bail: options.bail, ...(options.grep ? { grep: options.grep } : {}) });
for (const file of options.files) mocha.addFile(file);
await mocha.loadFilesAsync();

// A system takes a while to start: not for tests that do not run.
if (options.needs === 'system' && matchingTests(mocha) > 0) setSystem(await reachSystem());

const runner = mocha.run((failures) => {
  const { passes, pending } = runner.stats ?? { passes: 0, pending: 0 };
  const result: SuiteResult = { passed: passes, failed: failures, pending };
  process.send?.({ result }, () => process.disconnect());
  setTimeout(() => process.exit(), LEAVE_AFTER_MS).unref();
});

function matchingTests({ suite, options: { grep } }: Mocha): number {
  const pattern = grep instanceof RegExp ? grep : new RegExp(grep ?? '');
  let count = 0;
  suite.eachTest((test) => {
    if (pattern.test(test.fullTitle())) count += 1;
  });
  return count;
}
