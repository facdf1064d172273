import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { engineUri } from '../system/databases.ts';
import type { Say } from '../system/progress.ts';
import { System, type SystemOptions } from '../system/system.ts';
import { isRequest, serveCall } from './remote-system.ts';
import type { SuiteOptions, SuiteResult } from './run-suite.ts';
import type { Suite } from './suites.ts';

const RUN_SUITE = fileURLToPath(new URL('./run-suite.ts', import.meta.url));

export interface TestRunOptions {
  system: SystemOptions;
  grep: string | undefined;
  bail: boolean;
  say: Say;
}

/** One `npm test`: starts what the suites need, once and as late as possible, and runs each suite in its own process. */
export class TestRun {
  readonly #options: TestRunOptions;
  #system: System | undefined;
  #engines: Promise<System> | undefined;
  #services: Promise<System> | undefined;

  constructor(options: TestRunOptions) {
    this.#options = options;
  }

  /** Runs one suite's files. A suite that crashes counts as one failed test. */
  async run(suite: Suite, files: string[]): Promise<SuiteResult> {
    const { grep, bail, say } = this.#options;
    say(`\n${suite.name}: ${files.length} files`);
    const env =
      suite.needs === 'nothing'
        ? { ...process.env, NODE_ENV: 'test' }
        : this.#testEnvironment(await this.#startEngines());
    const options: SuiteOptions = { needs: suite.needs, files, grep, bail };
    const child = fork(RUN_SUITE, [JSON.stringify(options)], { env, execArgv: ['--import=tsx'] });
    let result: SuiteResult | undefined;
    child.on('message', (message) => {
      if (isRequest(message)) {
        void serveCall(message, () => this.#startServices()).then((reply) => child.connected && child.send(reply));
      } else {
        result = (message as { result: SuiteResult }).result;
      }
    });
    const how = await new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(String(signal ?? code)));
      child.once('error', (error) => resolve(error.message));
    });
    if (result !== undefined) return result;
    say(`The suite "${suite.name}" ended (${how}) before it had run its tests.`);
    return { passed: 0, failed: 1, pending: 0 };
  }

  async stop(): Promise<void> {
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
      this.#options.say('Starting the whole system for the end-to-end tests …');
      await system.startServices();
      return system;
    })();
    return this.#services;
  }

  #testEnvironment(system: System): NodeJS.ProcessEnv {
    return {
      ...process.env,
      NODE_ENV: 'test',
      KURSI_TEST_MONGODB_URI: process.env.MONGODB_URI || engineUri(system.ports['mongodb-ticket']),
      TEMPORAL_ADDRESS: system.env.TEMPORAL_ADDRESS,
      TEMPORAL_NAMESPACE: system.env.TEMPORAL_NAMESPACE,
    };
  }
}
