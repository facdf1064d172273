import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Say } from '../system/progress.ts';
import type { System } from '../system/system.ts';
import type { FileOrder, FileResult, RunnerOptions } from './file-order.ts';
import { isRequest, serveCall } from './remote-system.ts';
import type { TestFile } from './schedule.ts';

const RUN_FILES = fileURLToPath(new URL('./run-files.ts', import.meta.url));
/** For what a process that has ended still has in its pipe; another one may hold the pipe open. */
const LAST_WORDS_MS = 1_000;

export interface TestProcessOptions {
  runner: RunnerOptions;
  env: NodeJS.ProcessEnv;
  /** The whole system, which is started on the first call. */
  getSystem: () => Promise<System>;
}

/** A process that runs test files one after the other. In a group of its own: what tests start ends with it. */
export class TestProcess {
  readonly #child: ChildProcess;
  readonly #endLine = `--- ${randomBytes(8).toString('hex')} ---`;
  /** Resolves with the exit code or signal, when all that it printed has been read. */
  readonly #ended: Promise<string>;
  #onLine: Say = () => {};
  #onResult: (result: FileResult) => void = () => {};
  #onEndLine: () => void = () => {};
  hasEnded = false;

  constructor({ runner, env, getSystem }: TestProcessOptions) {
    this.#child = fork(RUN_FILES, [JSON.stringify(runner)], {
      env,
      execArgv: ['--import=tsx'],
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const child = this.#child;
    child.on('message', (message) => {
      if (!isRequest(message)) return this.#onResult((message as { result: FileResult }).result);
      void serveCall(message, getSystem).then((reply) => child.connected && child.send(reply));
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream as Readable }).on('line', (line) => {
        if (line === this.#endLine) this.#onEndLine();
        else this.#onLine(line);
      });
    }
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => {
        this.hasEnded = true;
        this.stop();
        const how = String(signal ?? code);
        child.once('close', () => resolve(how));
        setTimeout(() => resolve(how), LAST_WORDS_MS).unref();
      });
    });
  }

  /**
   * Runs a file; `onLine` gets each line that it prints, until it resolves.
   * @throws when the process ends before the file does.
   */
  async run({ file, needs }: TestFile, onLine: Say): Promise<FileResult> {
    this.#onLine = onLine;
    const result = new Promise<FileResult>((resolve) => {
      this.#onResult = resolve;
    });
    const endLine = new Promise<void>((resolve) => {
      this.#onEndLine = resolve;
    });
    const early = this.#ended.then((how) => {
      throw new Error(`The test process ended (${how}) before ${file} had run.`);
    });
    const order: FileOrder = { file, needs, endLine: this.#endLine };
    if (this.#child.connected) this.#child.send(order, () => {});
    const [counts] = await Promise.race([Promise.all([result, endLine]), early]);
    return counts;
  }

  /** Kills it and what its tests have started. */
  stop(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      // ESRCH: nobody is left in the group.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
