import { readFileSync } from 'node:fs';
import type { RemoteSystem } from '../scripts/testing/remote-system.ts';

/** Linux counts processor time in hundredths of a second for programs (sysconf(_SC_CLK_TCK), `man 5 proc`). */
const TICKS_PER_SECOND = 100;

export interface Usage {
  cpuSeconds: number;
  /** Resident memory, in MB of 1,048,576 bytes. */
  residentMb: number;
}

/** By the name of the process. */
export type Usages = Record<string, Usage>;

/** What one process has used so far; undefined where the system does not tell by /proc, or the process is gone. */
export function usageOf(pid: number): Usage | undefined {
  try {
    // The name of the program stands in brackets and may hold anything; user and system time are the 14th and 15th field.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { cpuSeconds: ticks / TICKS_PER_SECOND, residentMb: Math.round(Number(resident) / 1_024) };
  } catch {
    return undefined;
  }
}

/** By the name of the process. */
export async function usageOfAll({ processes, pid }: Pick<RemoteSystem, 'processes' | 'pid'>): Promise<Usages> {
  const all = await Promise.all(processes.map(async (name) => [name, usageOf(await pid(name))] as const));
  return Object.fromEntries(all.filter((entry): entry is readonly [string, Usage] => entry[1] !== undefined));
}

/** Resident memory by the name of the process, in MB. */
export async function memoryOfAll(system: RemoteSystem): Promise<Record<string, number>> {
  const usages = Object.entries(await usageOfAll(system));
  return Object.fromEntries(usages.map(([name, { residentMb }]) => [name, residentMb]));
}

/** Milliseconds of processor time that each process spent on one of `count` things between two looks. */
export function cpuMsEach(before: Usages, after: Usages, count: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([name, { cpuSeconds }]) => {
      const spent = cpuSeconds - (before[name]?.cpuSeconds ?? 0);
      return [name, Math.round((spent * 10_000) / count) / 10];
    }),
  );
}
