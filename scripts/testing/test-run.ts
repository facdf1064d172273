import type { Say } from '../system/progress.ts';
import { SetupError } from '../system/setup-error.ts';
import type { Durations } from './durations.ts';
import type { FileResult } from './file-order.ts';
import { FileOutput } from './file-output.ts';
import type { Lane } from './lane.ts';
import type { Schedule, TestFile } from './schedule.ts';

export interface TestRunOptions {
  schedule: Schedule;
  lanes: readonly Lane[];
  bail: boolean;
  say: Say;
}

const PROGRESS_AFTER_MS = 20_000;

/** One `npm test`: its lanes take the files of the schedule until none is left. */
export class TestRun {
  readonly total: Omit<FileResult, 'seconds'> = { passed: 0, failed: 0, pending: 0 };
  /** Of the files that have run. */
  readonly durations: Durations = {};
  /** The files in which something failed. */
  readonly failedFiles: string[] = [];
  readonly #options: TestRunOptions;
  /** The files that run, and since when. */
  readonly #running = new Map<string, number>();
  readonly #files: number;
  #shownAt = Date.now();
  #stopped: Promise<unknown> | undefined;

  constructor(options: TestRunOptions) {
    this.#options = options;
    this.#files = options.schedule.left;
  }

  /** Resolves when all files have run, or, with `bail`, one has failed. @throws SetupError when nothing can be started. */
  async run(): Promise<void> {
    const progress = setInterval(() => this.#showProgress(), PROGRESS_AFTER_MS / 2);
    try {
      await Promise.all(this.#options.lanes.map((lane, index) => this.#runLane(lane, index)));
    } finally {
      clearInterval(progress);
    }
  }

  /** Ends what is under way and stops every lane. */
  async stop(): Promise<void> {
    this.#stopped ??= Promise.all(this.#options.lanes.map((lane) => lane.stop()));
    await this.#stopped;
  }

  get #isAlone(): boolean {
    return this.#options.lanes.length === 1;
  }

  async #runLane(lane: Lane, index: number): Promise<void> {
    const { schedule, lanes } = this.#options;
    // The last one begins with what needs no system; so does one that is alone, because that is quick and telling.
    const first = index === lanes.length - 1 ? 'others' : 'system';
    while (this.#stopped === undefined) {
      const file = schedule.next({ first, hasSystem: lane.hasSystem || this.#isAlone });
      if (file === undefined) return;
      await this.#runFile(lane, file);
    }
  }

  async #runFile(lane: Lane, file: TestFile): Promise<void> {
    // Several lanes would mix their lines: then each file's are shown when it ends.
    const output = new FileOutput(this.#isAlone ? this.#options.say : undefined);
    this.#running.set(file.file, Date.now());
    const result = await lane
      .run(file, (line) => output.add(line))
      .catch((error: unknown) => asFailure(error, output))
      .finally(() => this.#running.delete(file.file));
    if (this.#stopped !== undefined) return;
    this.#count(file.file, result);
    this.#show(file.file, result, output);
    if (this.#options.bail && result.failed > 0) await this.stop();
  }

  #count(file: string, { passed, failed, pending, seconds }: FileResult): void {
    this.total.passed += passed;
    this.total.failed += failed;
    this.total.pending += pending;
    if (failed > 0) this.failedFiles.push(file);
    if (passed + failed > 0) this.durations[file] = seconds;
  }

  #show(file: string, { passed, failed, seconds }: FileResult, output: FileOutput): void {
    if (this.#isAlone || passed + failed === 0) return;
    const { say, schedule } = this.#options;
    const done = this.#files - schedule.left - this.#running.size;
    say(`\n${file} (${Math.round(seconds)} s; ${done} of ${this.#files} files)\n${output.lines.join('\n')}`);
    this.#shownAt = Date.now();
  }

  #showProgress(): void {
    if (this.#isAlone || Date.now() - this.#shownAt < PROGRESS_AFTER_MS) return;
    const now = Date.now();
    const running = [...this.#running].map(([file, since]) => `${file} (${Math.round((now - since) / 1000)} s)`);
    this.#options.say(`Running … ${running.join(', ')}; ${this.#options.schedule.left} files to come`);
    this.#shownAt = now;
  }
}

/** A file whose process ended counts as one failed test. @throws SetupError: without a system no file can run. */
function asFailure(error: unknown, output: FileOutput): FileResult {
  if (error instanceof SetupError) throw error;
  output.add(error instanceof Error ? error.message : String(error));
  return { passed: 0, failed: 1, pending: 0, seconds: 0 };
}
