import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tailOf } from './log-file.ts';
import { identify, type ProcessIdentity } from './process-identity.ts';
import type { Say } from './progress.ts';
import { startReaper } from './reaper.ts';
import { SetupError } from './setup-error.ts';

export interface ProcessSpec {
  name: string;
  command: string;
  args: string[];
  env: Record<string, string>;
  /** Resolves when the process can be used; a rejection says what it still waits for. Called until it resolves. */
  ready: () => Promise<void>;
}

export interface SupervisorOptions {
  /** Where each process's output goes, as `<name>.log`. */
  logDirectory: string;
  say: Say;
  /** Start a process again that ended without being asked to. */
  restart: boolean;
  /** Called with what runs whenever that changes. */
  onChange: (processes: Record<string, ProcessIdentity>) => void;
}

interface Running {
  spec: ProcessSpec;
  child: ChildProcess;
  identity: ProcessIdentity;
  ended: Promise<void>;
  hasEnded: boolean;
  /** Someone asked for its end. */
  expected: boolean;
  startedAt: number;
}

const READY_POLL_MS = 50;
const READY_TIMEOUT_MS = 120_000;
const SAY_WAITING_AFTER_MS = 10_000;
const STOP_GRACE_MS = 15_000;
const RESTART_DELAY_MS = 1_000;
const RESTART_DELAY_MAX_MS = 30_000;
/** A process that lived this long starts again without a longer delay. */
const SETTLED_MS = 60_000;

/** Starts, watches and stops child processes, each in a group of its own so that Ctrl-C reaches only the supervisor. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #running = new Map<string, Running>();
  readonly #specs = new Map<string, ProcessSpec>();
  readonly #restartDelays = new Map<string, number>();
  readonly #reaper = startReaper();
  #stopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    mkdirSync(options.logDirectory, { recursive: true });
  }

  get names(): string[] {
    return [...this.#specs.keys()];
  }

  /** Starts a process and waits until it is ready. @throws SetupError with the end of its log when it ends before. */
  async start(spec: ProcessSpec): Promise<void> {
    this.#specs.set(spec.name, spec);
    const running = this.#spawn(spec);
    await this.#untilReady(running);
  }

  /** The process number. @throws when it does not run. */
  pid(name: string): number {
    const running = this.#running.get(name);
    if (running === undefined || running.hasEnded) throw new Error(`${name} does not run`);
    return running.identity.pid;
  }

  /** Sends a signal to the process and those it started. With a signal that ends it, resolves when it has ended. */
  async kill(name: string, signal: NodeJS.Signals): Promise<void> {
    const running = this.#running.get(name);
    if (running === undefined || running.hasEnded) return;
    const ends = signal !== 'SIGSTOP' && signal !== 'SIGCONT';
    if (ends) running.expected = true;
    signalGroup(running.identity.pid, signal);
    if (ends) await this.#untilEnded(running);
  }

  /**
   * Starts a process again that has been started before, ending it first if it runs; `env` is added to what it was first
   * started with. Resolves when it is ready.
   */
  async restart(name: string, env: Record<string, string> = {}): Promise<void> {
    const first = this.#specs.get(name);
    if (first === undefined) throw new Error(`no process is called ${name}; there are ${this.names.join(', ')}`);
    const spec = { ...first, env: { ...first.env, ...env } };
    await this.kill(name, 'SIGTERM');
    await this.#untilReady(this.#spawn(spec));
  }

  /** Stops everything, one group of names after the other; processes in no group come last. */
  async stop(groups: readonly (readonly string[])[]): Promise<void> {
    this.#stopping = true;
    const named = new Set(groups.flat());
    const rest = this.names.filter((name) => !named.has(name));
    for (const group of [...groups, rest]) {
      await Promise.all(group.map((name) => this.kill(name, 'SIGTERM')));
    }
    await this.#reaper.dismiss();
  }

  /** Kills everything at once, without waiting. For a person who is out of patience. */
  killAll(): void {
    this.#stopping = true;
    for (const { identity, hasEnded } of this.#running.values()) {
      if (!hasEnded) signalGroup(identity.pid, 'SIGKILL');
    }
  }

  #spawn(spec: ProcessSpec): Running {
    const log = openSync(this.#logFile(spec.name), 'a');
    const child = spawn(spec.command, spec.args, { env: spec.env, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    const startedAt = Date.now();
    const identity = identify(child.pid ?? 0);
    const running: Running = {
      spec,
      child,
      identity,
      startedAt,
      hasEnded: false,
      expected: false,
      ended: Promise.resolve(),
    };
    running.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(this.#onEnd(running, code ?? signal ?? 'unknown')));
      child.once('error', (error) => resolve(this.#onEnd(running, error.message)));
    });
    this.#running.set(spec.name, running);
    this.#reaper.watch(identity);
    this.#changed();
    return running;
  }

  #onEnd(running: Running, how: string | number): void {
    if (running.hasEnded) return;
    running.hasEnded = true;
    // What the process itself started must not outlive it.
    signalGroup(running.identity.pid, 'SIGKILL');
    this.#reaper.forget(running.identity);
    this.#changed();
    if (running.expected || this.#stopping || !this.#options.restart) return;
    const { name } = running.spec;
    this.#options.say(`${name} ended (${how}); its log: ${this.#logFile(name)}`);
    void this.#startAgain(running);
  }

  async #startAgain({ spec, startedAt }: Running): Promise<void> {
    const settled = Date.now() - startedAt > SETTLED_MS;
    const wait = settled ? RESTART_DELAY_MS : (this.#restartDelays.get(spec.name) ?? RESTART_DELAY_MS);
    this.#restartDelays.set(spec.name, Math.min(wait * 2, RESTART_DELAY_MAX_MS));
    await delay(wait);
    const current = this.#running.get(spec.name);
    if (this.#stopping || current?.hasEnded === false) return;
    try {
      await this.#untilReady(this.#spawn(spec));
      this.#options.say(`${spec.name} runs again`);
    } catch {
      // It ended again: that was said, and the next try is under way.
    }
  }

  async #untilReady(running: Running): Promise<void> {
    const { name, ready } = running.spec;
    const startedAt = Date.now();
    let said = false;
    for (;;) {
      if (running.hasEnded) throw new SetupError(`${name} ended before it was ready. ${this.#whyFrom(name)}`);
      try {
        return await ready();
      } catch (error) {
        const waitedMs = Date.now() - startedAt;
        const reason = error instanceof Error ? error.message : String(error);
        if (waitedMs > READY_TIMEOUT_MS) {
          throw new SetupError(
            `${name} is not ready after ${READY_TIMEOUT_MS / 1000} s: ${reason}. ${this.#whyFrom(name)}`,
          );
        }
        if (!said && waitedMs > SAY_WAITING_AFTER_MS) {
          said = true;
          this.#options.say(`Waiting for ${name} … (${reason})`);
        }
        await Promise.race([delay(READY_POLL_MS), running.ended]);
      }
    }
  }

  async #untilEnded(running: Running): Promise<void> {
    const timer = setTimeout(() => {
      this.#options.say(`${running.spec.name} does not stop; killing it`);
      signalGroup(running.identity.pid, 'SIGKILL');
    }, STOP_GRACE_MS);
    // A stopped process (SIGSTOP) takes no other signal until it goes on.
    signalGroup(running.identity.pid, 'SIGCONT');
    await running.ended;
    clearTimeout(timer);
  }

  #whyFrom(name: string): string {
    const file = this.#logFile(name);
    const tail = tailOf(file);
    return `The end of ${file}:\n${tail || '(empty)'}`;
  }

  #logFile(name: string): string {
    return path.join(this.#options.logDirectory, `${name}.log`);
  }

  #changed(): void {
    const alive = [...this.#running].filter(([, running]) => !running.hasEnded);
    this.#options.onChange(Object.fromEntries(alive.map(([name, running]) => [name, running.identity])));
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (pid <= 0) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: nobody is left in the group, which is what the caller wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
