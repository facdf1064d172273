// Runs test files with mocha, one after the other, in a process of its own that scripts/testing/lane.ts starts: a file that
// crashes or hangs takes nothing else down. Each message names a file; each is answered with how many passed and failed, and
// what the file printed ends with one line of its own. Argument: the options as JSON.
import { readFileSync } from 'node:fs';
import Mocha from 'mocha';
import { setSystem } from '../../test/engines.ts';
import { type FileOrder, type FileResult, isFileOrder, type RunnerOptions } from './file-order.ts';
import { type RemoteSystem, reachSystem } from './remote-system.ts';

const CONFIG = new URL('../../.mocharc.json', import.meta.url);

const options = JSON.parse(process.argv[2] ?? '') as RunnerOptions;
const { timeout, slow } = JSON.parse(readFileSync(CONFIG, 'utf8')) as { timeout: number; slow: number };
let reached: Promise<RemoteSystem> | undefined;

process.on('message', (message) => {
  if (isFileOrder(message)) void runFile(message).then((result) => process.send?.({ result }));
});
// Who started this process has ended; what tests have started is in its group.
process.on('disconnect', () => process.kill(0, 'SIGKILL'));

/** Rejects, which ends the process, when the file cannot be loaded. */
async function runFile({ file, needs, endLine }: FileOrder): Promise<FileResult> {
  const mocha = new Mocha({
    timeout,
    slow,
    bail: options.bail,
    color: options.color,
    ...(options.grep ? { grep: options.grep } : {}),
  });
  mocha.addFile(file);
  await mocha.loadFilesAsync();
  const matching = matchingTests(mocha);
  // A system takes a while to start: not for tests that do not run.
  if (needs === 'system' && matching > 0) {
    reached ??= reachSystem();
    setSystem(await reached);
  }
  const startedAt = performance.now();
  const counts = matching > 0 ? await runTests(mocha) : { passed: 0, failed: 0, pending: 0 };
  mocha.dispose();
  process.stdout.write(`\n${endLine}\n`);
  return { ...counts, seconds: (performance.now() - startedAt) / 1000 };
}

function runTests(mocha: Mocha): Promise<Omit<FileResult, 'seconds'>> {
  return new Promise((resolve) => {
    const runner = mocha.run((failed) => {
      const { passes, pending } = runner.stats ?? { passes: 0, pending: 0 };
      resolve({ passed: passes, failed, pending });
    });
  });
}

function matchingTests({ suite, options: { grep } }: Mocha): number {
  const pattern = grep instanceof RegExp ? grep : new RegExp(grep ?? '');
  let count = 0;
  suite.eachTest((test) => {
    if (pattern.test(test.fullTitle())) count += 1;
  });
  return count;
}
