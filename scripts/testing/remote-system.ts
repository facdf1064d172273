import type { DatabaseName } from '../system/databases.ts';
import type { Urls } from '../system/environment.ts';
import type { Ports } from '../system/ports.ts';
import type { System } from '../system/system.ts';

/** What of a system can be told in one message. */
export interface SystemFacts {
  /** Folder of its data, secrets and logs. */
  dir: string;
  urls: Urls;
  ports: Ports;
  /** The whole environment that its processes got. */
  env: Record<string, string>;
  databases: Record<DatabaseName, string>;
  processes: string[];
}

/** The system as tests see it: it runs in the process that started them, so that no test can take it down with itself. */
export interface RemoteSystem extends SystemFacts {
  /** Sends a signal, SIGKILL if not said otherwise; if the signal ends the process, resolves when it has ended. */
  kill(name: string, signal?: NodeJS.Signals): Promise<void>;
  /** Starts the process again, with its own environment and `env`, ending it first if it runs; resolves when it is ready. */
  restart(name: string, env?: Record<string, string>): Promise<void>;
  pid(name: string): Promise<number>;
}

type Call =
  | { method: 'system' }
  | { method: 'kill'; name: string; signal: NodeJS.Signals }
  | { method: 'restart'; name: string; env: Record<string, string> }
  | { method: 'pid'; name: string };

export type Request = Call & { id: number };
export type Reply = { id: number; result: unknown } | { id: number; error: string };

export function isRequest(message: unknown): message is Request {
  return typeof message === 'object' && message !== null && 'method' in message;
}

export function factsOf(system: System): SystemFacts {
  const { dir, urls, ports, env, processes } = system;
  return { dir, urls, ports, env, processes, databases: system.databases.uris };
}

/** Answers one call of a test process. */
export async function serveCall(request: Request, getSystem: () => Promise<System>): Promise<Reply> {
  const { id } = request;
  try {
    return { id, result: await perform(request, await getSystem()) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

async function perform(request: Request, system: System): Promise<unknown> {
  switch (request.method) {
    case 'system':
      return factsOf(system);
    case 'kill':
      return system.kill(request.name, request.signal);
    case 'restart':
      return system.restart(request.name, request.env);
    case 'pid':
      return system.pid(request.name);
  }
}

/** Asks the process that started this one for the whole system, which is started on the first call. */
export async function reachSystem(): Promise<RemoteSystem> {
  const waiting = new Map<number, (reply: Reply) => void>();
  let lastId = 0;
  process.on('message', (reply: Reply) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  const call = (request: Call): Promise<unknown> =>
    new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, (reply) => ('error' in reply ? reject(new Error(reply.error)) : resolve(reply.result)));
      process.send?.({ ...request, id: lastId });
    });
  const facts = (await call({ method: 'system' })) as SystemFacts;
  return {
    ...facts,
    kill: async (name, signal = 'SIGKILL') => {
      await call({ method: 'kill', name, signal });
    },
    restart: async (name, env = {}) => {
      await call({ method: 'restart', name, env });
    },
    pid: async (name) => (await call({ method: 'pid', name })) as number,
  };
}
