import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, startTimeOf } from './process-identity.ts';
import type { Say } from './progress.ts';

/** Where built and downloaded programs are kept: outside the work tree, shared by every clone. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME || path.join(env.HOME || os.homedir(), '.cache');
  return path.join(base, 'kursi');
}

/**
 * Runs `work` while no other process does the same, so that two starts at once do not build the same thing twice.
 * A lock whose owner is gone is taken over.
 */
export async function withLock<T>(file: string, say: Say, work: () => Promise<T>): Promise<T> {
  mkdirSync(path.dirname(file), { recursive: true });
  let waited = false;
  while (!tryLock(file)) {
    if (!waited) say(`Waiting for another start that is making ${path.basename(file, '.lock')} …`);
    waited = true;
    await delay(250);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLock(file: string): boolean {
  const owner = `${process.pid} ${startTimeOf(process.pid) ?? ''}`;
  try {
    writeFileSync(file, owner, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const [pid, startTime] = readOwner(file);
  if (pid > 0 && isAlive({ pid, startTime })) return false;
  rmSync(file, { force: true });
  return false;
}

function readOwner(file: string): [number, string | undefined] {
  try {
    const [pid = '0', startTime] = readFileSync(file, 'utf8').split(' ');
    return [Number(pid), startTime || undefined];
  } catch {
    return [0, undefined];
  }
}
