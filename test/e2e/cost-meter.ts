// What a stretch of work costs the running system: commands of each database by its own counters, requests of each service
// by its own metrics, memory of each process.
import mongoose, { type Connection } from 'mongoose';
import type { DatabaseName } from '../../scripts/system/databases.ts';
import { system } from '../engines.ts';

const writing = ['insert', 'update', 'delete', 'findAndModify'];
const reading = ['find', 'aggregate', 'count', 'distinct', 'getMore'];
/** One engine holds both organizers. */
const engines = {
  client: 'client-app',
  ticket: 'ticket-app',
  payment: 'payment-app',
  organizers: 'organizer-x',
} as const;
export type EngineName = keyof typeof engines;

export interface Commands {
  reads: number;
  writes: number;
}

export interface Metered {
  at: number;
  commands: Record<EngineName, Commands>;
  /** Requests that were answered, by service and then by `METHOD route`. */
  requests: Record<string, Record<string, number>>;
}

const services = () => {
  const { clientApp, ticketApp, paymentApp, organizerX, organizerY } = system().urls;
  return { clientApp, ticketApp, paymentApp, organizerX, organizerY };
};

const scrape = async (url: string): Promise<string[]> => (await (await fetch(`${url}/metrics`)).text()).split('\n');

/** How each process is asked by whoever watches over it: no work. */
const isWatching = (route: string) => /(healthz|readyz|metrics|none)$/.test(route);

async function requestsAt(url: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const line of await scrape(url)) {
    const [, labels = '', value] = /^http_request_duration_seconds_count\{(.*)\} (\d+)$/.exec(line) ?? [];
    const [method, route] = ['method', 'route'].map((name) => new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1]);
    if (method === undefined || route === undefined || isWatching(route)) continue;
    counts[`${method} ${route}`] = (counts[`${method} ${route}`] ?? 0) + Number(value);
  }
  return counts;
}

async function commandsOf(connection: Connection): Promise<Commands> {
  const status = await connection.db?.admin().command({ serverStatus: 1 });
  const counts = (status?.metrics?.commands ?? {}) as Record<string, { total?: unknown }>;
  const sum = (names: readonly string[]) => names.reduce((all, name) => all + Number(counts[name]?.total ?? 0), 0);
  return { reads: sum(reading), writes: sum(writing) };
}

export async function openMeter() {
  const names = Object.entries(engines) as [EngineName, DatabaseName][];
  const opened = await Promise.all(
    names.map(async ([name, database]) => {
      return [name, await mongoose.createConnection(system().databases[database]).asPromise()] as const;
    }),
  );

  async function read(): Promise<Metered> {
    const [commands, requests] = await Promise.all([
      Promise.all(opened.map(async ([name, connection]) => [name, await commandsOf(connection)] as const)),
      Promise.all(Object.entries(services()).map(async ([name, url]) => [name, await requestsAt(url)] as const)),
    ]);
    return {
      at: Date.now(),
      commands: Object.fromEntries(commands) as Record<EngineName, Commands>,
      requests: Object.fromEntries(requests),
    };
  }

  return { read, close: () => Promise.all(opened.map(([, connection]) => connection.close())) };
}

/** What was sent to each database from one reading to the next. */
export function commandsBetween(from: Metered, to: Metered): Record<EngineName, Commands> {
  const between = (name: EngineName): Commands => ({
    reads: to.commands[name].reads - from.commands[name].reads,
    writes: to.commands[name].writes - from.commands[name].writes,
  });
  const names = Object.keys(engines) as EngineName[];
  return Object.fromEntries(names.map((name) => [name, between(name)])) as Record<EngineName, Commands>;
}

/** What each service answered from one reading to the next, by `METHOD route`. */
export function requestsBetween(from: Metered, to: Metered): Record<string, Record<string, number>> {
  const services = Object.entries(to.requests).map(([name, routes]) => {
    const counts = Object.entries(routes).map(([route, count]) => [route, count - (from.requests[name]?.[route] ?? 0)]);
    return [name, Object.fromEntries(counts.filter(([, count]) => count !== 0))];
  });
  return Object.fromEntries(services);
}

/** Resident memory of each process in MB, as it tells it itself. */
export async function memoryMb(): Promise<Record<string, number>> {
  const urls = { ...services(), worker: `http://127.0.0.1:${system().ports['ticketing-worker']}` };
  const read = Object.entries(urls).map(async ([name, url]) => {
    const line = (await scrape(url)).find((text) => text.startsWith('process_resident_memory_bytes'));
    return [name, Math.round(Number(line?.split(' ').at(-1)) / 2 ** 20)] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}
