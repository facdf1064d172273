import { engineUri } from '../system/databases.ts';
import type { Say } from '../system/progress.ts';
import { SetupError } from '../system/setup-error.ts';
import { System, type SystemOptions } from '../system/system.ts';
import type { FileResult, RunnerOptions } from './file-order.ts';
import type { TestFile } from './schedule.ts';
import { TestProcess } from './test-process.ts';

export interface LaneOptions {
  system: SystemOptions;
  runner: RunnerOptions;
  /** Whether any file of this run needs MongoDB and Temporal. */
  engines: boolean;
}

/** Runs test files one after the other, with engines and a system of its own, each started once and as late as possible. */
export class Lane {
  readonly #options: LaneOptions;
  #system: System | undefined;
  #engines: Promise<System> | undefined;
  #services: Promise<System> | undefined;
  #process: TestProcess | undefined;
  /** Why the system cannot be started. */
  #obstacle: SetupError | undefined;
  #stopped = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  get dir(): string {
    return this.#options.system.dir;
  }

  get hasSystem(): boolean {
    return this.#services !== undefined;
  }

  /**
   * Runs one file; `onLine` gets what it prints.
   * @throws when its process ends before it does: the next file gets a new one; SetupError when the system cannot be started.
   */
  async run(file: TestFile, onLine: Say): Promise<FileResult> {
    const env = this.#options.engines ? testEnvironment(await this.#startEngines()) : process.env;
    if (this.#stopped) throw new Error('The test run has been stopped.');
    if (this.#process === undefined || this.#process.hasEnded) {
      this.#process = new TestProcess({
        runner: this.#options.runner,
        env: { ...env, NODE_ENV: 'test' },
        getSystem: () => this.#startServices(),
      });
    }
    try {
      return await this.#process.run(file, onLine);
    } catch (error) {
      throw this.#obstacle ?? error;
    }
  }

  /** Ends the tests at once, then the system in order. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#process?.stop();
    await this.#system?.stop();
  }

  #startEngines(): Promise<System> {
    this.#engines ??= (async () => {
      this.#system = new System(this.#options.system);
      await this.#system.startEngines();
      return this.#system;
    })();
    return this.#engines;
  }

  #startServices(): Promise<System> {
    this.#services ??= (async () => {
      const system = await this.#startEngines();
      this.#options.system.say('Starting a whole system for the end-to-end tests …');
      await system.startServices().catch((error: unknown) => {
        if (error instanceof SetupError) this.#obstacle = error;
        throw error;
      });
      return system;
    })();
    return this.#services;
  }
}

function testEnvironment(system: System): NodeJS.ProcessEnv {
  return {
    ...process.env,
    KURSI_TEST_MONGODB_URI: process.env.MONGODB_URI || engineUri(system.ports['mongodb-ticket']),
    TEMPORAL_ADDRESS: system.env.TEMPORAL_ADDRESS,
    TEMPORAL_NAMESPACE: system.env.TEMPORAL_NAMESPACE,
  };
}
