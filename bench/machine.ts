import { readFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';

const BYTES_PER_GIB = 1_073_741_824;

/** Where the figures were measured, as far as they depend on it. */
export interface MachineFacts {
  processors: number;
  model: string;
  memoryGiB: number;
  system: string;
  node: string;
  /** Of one minute, before anything was started: what else ran. */
  loadBefore: number;
}

export function machineFacts(): MachineFacts {
  const processors = cpus();
  return {
    processors: processors.length,
    model: processors[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / BYTES_PER_GIB),
    system: systemName(),
    node: process.versions.node,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

function systemName(): string {
  try {
    const name = /^PRETTY_NAME="(.+)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    return `${name ?? platform()}, ${release()}`;
  } catch {
    return `${platform()} ${release()}`;
  }
}
