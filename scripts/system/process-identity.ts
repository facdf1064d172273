import { readFileSync } from 'node:fs';

/** A process that cannot be mistaken for a later one with the same number. `startTime` is known on Linux only. */
export interface ProcessIdentity {
  pid: number;
  startTime: string | undefined;
}

/** When the process started, in clock ticks since boot; undefined if it is gone or the system has no /proc. */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; it only waits to be collected.
    if (fields[0] === 'Z') return undefined;
    return fields[19];
  } catch {
    return undefined;
  }
}

export function identify(pid: number): ProcessIdentity {
  return { pid, startTime: startTimeOf(pid) };
}

export function isAlive(identity: ProcessIdentity): boolean {
  if (process.platform === 'linux') {
    const startTime = startTimeOf(identity.pid);
    return startTime !== undefined && (identity.startTime === undefined || startTime === identity.startTime);
  }
  try {
    process.kill(identity.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
