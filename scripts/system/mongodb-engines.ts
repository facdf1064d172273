import path from 'node:path';
import { MongoClient } from 'mongodb';
import { type DatabasePlan, engineUri } from './databases.ts';
import { getMongodb } from './mongodb-command.ts';
import type { Ports } from './ports.ts';
import type { Say } from './progress.ts';
import { reasonOf, SetupError } from './setup-error.ts';
import type { Supervisor } from './supervisor.ts';

const PING_TIMEOUT_MS = 1_000;
const GIVEN_TIMEOUT_MS = 10_000;

export interface EngineContext {
  dir: string;
  ports: Ports;
  env: Record<string, string>;
  say: Say;
  supervisor: Supervisor;
}

/** Starts the engines of the plan, and looks whether the servers that were given answer. */
export async function startMongodb(plan: DatabasePlan, context: EngineContext): Promise<void> {
  await Promise.all([startEngines(plan, context), checkGiven(plan, context)]);
}

async function startEngines(plan: DatabasePlan, { dir, ports, env, say, supervisor }: EngineContext): Promise<void> {
  if (plan.engines.length === 0) return;
  const root = path.join(dir, 'mongodb');
  const engine = await getMongodb(root, env, say);
  const starts = plan.engines.map((name) => {
    const port = ports[name];
    const { command, args } = engine.start(path.join(root, name.replace('mongodb-', '')), port);
    return supervisor.start({ name, command, args, env, ready: () => ping(engineUri(port), PING_TIMEOUT_MS) });
  });
  await Promise.all(starts);
}

async function checkGiven({ uris, engines }: DatabasePlan, { ports, say }: EngineContext): Promise<void> {
  const ours = engines.map((name) => `127.0.0.1:${ports[name]}/`);
  for (const [name, uri] of Object.entries(uris)) {
    if (ours.some((address) => uri.includes(address))) continue;
    try {
      await ping(uri, GIVEN_TIMEOUT_MS);
      say(`MongoDB of ${name}: the server at ${hostsOf(uri)} (its address is set)`);
    } catch (error) {
      throw new SetupError(
        `The MongoDB of ${name} at ${hostsOf(uri)} does not answer: ${reasonOf(error)}. ` +
          'Start it, correct its address, or unset the variable to have an engine started.',
      );
    }
  }
}

/** Without user and password. */
function hostsOf(uri: string): string {
  return uri.replace(/^mongodb(\+srv)?:\/\/([^@/]*@)?/, '').split('/')[0] ?? '';
}

async function ping(uri: string, timeoutMs: number): Promise<void> {
  // A client whose first connect failed stays dead, so each try makes its own.
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: timeoutMs, connectTimeoutMS: timeoutMs });
  try {
    await client.connect();
    await client.db('admin').command({ ping: 1 });
  } finally {
    await client.close();
  }
}
