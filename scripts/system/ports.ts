import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import net from 'node:net';
import { SetupError } from './setup-error.ts';

/** The ports with offset 0; an offset is added to every one of them. */
const BASE_PORTS = {
  'client-app': 3001,
  'ticket-app': 3002,
  'payment-app': 3003,
  'organizer-x': 3011,
  'organizer-y': 3012,
  'ticketing-worker': 3020,
  temporal: 7233,
  'temporal-ui': 8233,
  'mongodb-client': 27101,
  'mongodb-ticket': 27102,
  'mongodb-payment': 27103,
  'mongodb-organizers': 27104,
} as const;

export type PortName = keyof typeof BASE_PORTS;
export type Ports = Record<PortName, number>;

const MAX_OFFSET = 65_535 - 27_104;
/** Offsets that are proposed when a port is taken, in this order. */
const PROPOSED_OFFSETS = Array.from({ length: 15 }, (_, index) => (index + 1) * 100);

/** @throws SetupError when the offset is not a whole number that keeps every port below 65536. */
export function portsAt(offset: number): Ports {
  if (!Number.isInteger(offset) || offset < 0 || offset > MAX_OFFSET) {
    throw new SetupError(`The port offset must be a whole number from 0 to ${MAX_OFFSET}, not "${offset}".`);
  }
  const entries = Object.entries(BASE_PORTS).map(([name, port]) => [name, port + offset]);
  return Object.fromEntries(entries) as Ports;
}

export interface PortCheck {
  offset: number;
  /** The ports that are wanted; the others may be in use. */
  names: readonly PortName[];
  /** How to start with another offset: `(100) => 'KURSI_PORT_OFFSET=100 npm start'`. */
  wayOut: (offset: number) => string;
}

/** @throws SetupError naming the first taken port, what wants it, who has it, and an offset at which all are free. */
export async function checkPortsAreFree(check: PortCheck): Promise<void> {
  const ports = portsAt(check.offset);
  const taken = await findTaken(check.names.map((name) => ports[name]));
  if (taken === undefined) return;
  const wantedBy = check.names.find((name) => ports[name] === taken);
  const holder = findPortHolder(taken);
  const heldBy = holder === undefined ? 'another process' : `process ${holder.pid} (${holder.command})`;
  throw new SetupError(
    `Port ${taken}, which ${wantedBy} needs, is taken by ${heldBy}. ` +
      `Stop that process, or use other ports: ${check.wayOut(await proposeOffset(check))}`,
  );
}

/** The first offset from `from` on, in steps of 100, at which every port is free; `from` itself when there is none. */
export async function findFreeOffset(from: number): Promise<number> {
  const names = Object.keys(BASE_PORTS) as PortName[];
  return (await firstFree([from, ...PROPOSED_OFFSETS.map((step) => from + step)], names)) ?? from;
}

async function proposeOffset({ offset, names }: PortCheck): Promise<number> {
  const proposed = PROPOSED_OFFSETS.map((step) => offset + step);
  return (await firstFree(proposed, names)) ?? offset + 100;
}

async function firstFree(offsets: number[], names: readonly PortName[]): Promise<number | undefined> {
  for (const offset of offsets) {
    const ports = portsAt(offset);
    if ((await findTaken(names.map((name) => ports[name]))) === undefined) return offset;
  }
  return undefined;
}

async function findTaken(ports: number[]): Promise<number | undefined> {
  for (const port of ports) {
    if (!(await isFree(port))) return port;
  }
  return undefined;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** Which process listens on a TCP port of this machine, as far as /proc tells this user. */
export function findPortHolder(port: number): { pid: number; command: string } | undefined {
  const inodes = listeningInodes(port);
  if (inodes.size === 0) return undefined;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (!ownsOneOf(pid, inodes)) continue;
    const command = readOr('', `/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    return { pid: Number(pid), command: command.length > 80 ? `${command.slice(0, 80)}…` : command };
  }
  return undefined;
}

function listeningInodes(port: number): Set<string> {
  const inodes = new Set<string>();
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readOr('', file).split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const isListening = fields[3] === '0A';
      if (isListening && fields[1]?.endsWith(`:${hexPort}`) && fields[9]) inodes.add(fields[9]);
    }
  }
  return inodes;
}

function ownsOneOf(pid: string, inodes: Set<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      const target = linkOr('', `/proc/${pid}/fd/${fd}`);
      return inodes.has(target.replace(/^socket:\[(\d+)\]$/, '$1'));
    });
  } catch {
    // Another user's process, or one that has ended meanwhile.
    return false;
  }
}

function readOr(fallback: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return fallback;
  }
}

function linkOr(fallback: string, file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return fallback;
  }
}
