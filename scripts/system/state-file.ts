import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';
import type { Say } from './progress.ts';
import { SetupError } from './setup-error.ts';

/** `<dir>/system.json`: who runs the system of this folder, and which processes belong to it. */
export interface SystemState {
  supervisor: ProcessIdentity;
  portOffset: number;
  urls: Record<string, string>;
  processes: Record<string, ProcessIdentity>;
}

const fileOf = (dir: string): string => path.join(dir, 'system.json');

/** The state of the system that runs in this folder; undefined when none does. */
export function readRunningSystem(dir: string): SystemState | undefined {
  const state = read(dir);
  return state !== undefined && isAlive(state.supervisor) ? state : undefined;
}

function read(dir: string): SystemState | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(dir), 'utf8')) as SystemState;
  } catch {
    return undefined;
  }
}

/**
 * Takes the folder for this process.
 * @throws SetupError when a system runs in it already. What a killed supervisor has left running is ended first.
 */
export function takeDirectory(dir: string, portOffset: number, say: Say): StateFile {
  mkdirSync(dir, { recursive: true });
  const state: SystemState = { supervisor: identify(process.pid), portOffset, urls: {}, processes: {} };
  for (;;) {
    try {
      writeFileSync(fileOf(dir), JSON.stringify(state), { flag: 'wx' });
      return new StateFile(dir, state);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const other = read(dir);
    if (other !== undefined && isAlive(other.supervisor)) throw new SetupError(alreadyRunning(dir, other));
    if (other !== undefined) endRemains(other, say);
    rmSync(fileOf(dir), { force: true });
  }
}

function alreadyRunning(dir: string, state: SystemState): string {
  const where = state.urls.clientApp ? `, at ${state.urls.clientApp}` : '';
  return `Kursi runs already in ${dir}${where} (process ${state.supervisor.pid}). Stop it first, or use another folder and other ports: KURSI_DIR=.kursi-2 KURSI_PORT_OFFSET=${state.portOffset + 100} npm start`;
}

function endRemains(state: SystemState, say: Say): void {
  for (const [name, identity] of Object.entries(state.processes)) {
    if (!isAlive(identity)) continue;
    say(`Ending ${name} (process ${identity.pid}), left behind by a start that was killed`);
    try {
      process.kill(-identity.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** The state file while this process owns it. */
export class StateFile {
  readonly #dir: string;
  #state: SystemState;

  constructor(dir: string, state: SystemState) {
    this.#dir = dir;
    this.#state = state;
  }

  update(change: Partial<SystemState>): void {
    this.#state = { ...this.#state, ...change };
    writeFileSync(fileOf(this.#dir), `${JSON.stringify(this.#state, null, 2)}\n`);
  }

  release(): void {
    rmSync(fileOf(this.#dir), { force: true });
  }
}
