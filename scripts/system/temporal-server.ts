import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { TemporalPlace } from './environment.ts';
import type { EngineContext } from './mongodb-engines.ts';
import { missingAttributes, registerSearchAttributes, SEARCH_ATTRIBUTES } from './search-attributes.ts';
import { getTemporal } from './temporal-command.ts';

const CONNECT_TIMEOUT_MS = 1_000;

/**
 * The development server has one history shard, which polls its queues at most 20 times a second: a step then takes
 * 47 ms instead of 1 ms. The rest raises limits that are meant for shared clusters.
 */
const DYNAMIC_CONFIG = {
  'history.transferProcessorMaxPollRPS': 2000,
  'history.timerProcessorMaxPollRPS': 2000,
  'frontend.namespaceRPS': 50_000,
  'frontend.rps': 50_000,
  'matching.rps': 50_000,
  'history.rps': 50_000,
  'matching.enableFairness': true,
};

/** Starts the development server, or prepares the cluster whose address was given. */
export async function startTemporal({ dir, ports, env, say, supervisor }: EngineContext): Promise<TemporalPlace> {
  const source = await getTemporal(env, say);
  if (source.kind === 'address') {
    const namespace = env.TEMPORAL_NAMESPACE || 'default';
    const tls = env.TEMPORAL_TLS === 'true' || Boolean(env.TEMPORAL_API_KEY);
    const apiKey = env.TEMPORAL_API_KEY ? { apiKey: env.TEMPORAL_API_KEY } : {};
    await registerSearchAttributes({ address: source.address, tls, ...apiKey }, namespace);
    return { address: source.address, namespace, ui: undefined };
  }
  const [port, uiPort] = [ports.temporal, ports['temporal-ui']];
  const address = `127.0.0.1:${port}`;
  const folder = path.join(dir, 'temporal');
  mkdirSync(folder, { recursive: true });
  await supervisor.start({
    name: 'temporal',
    command: source.command,
    args: temporalArguments({ file: path.join(folder, 'temporal.db'), port, uiPort }),
    env,
    ready: () => temporalIsReady(address),
  });
  await setRetention(address);
  return { address, namespace: 'default', ui: `http://127.0.0.1:${uiPort}` };
}

interface TemporalServerOptions {
  file: string;
  port: number;
  uiPort: number;
}

/** The arguments of the Temporal CLI that start the development server. */
export function temporalArguments({ file, port, uiPort }: TemporalServerOptions): string[] {
  const settings = Object.entries(DYNAMIC_CONFIG).map(([key, value]) => `${key}=${value}`);
  const attributes = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => `${name}=${type}`);
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
    ...['--db-filename', file, '--sqlite-pragma', 'journal_mode=wal', '--log-level', 'warn'],
    ...settings.flatMap((setting) => ['--dynamic-config-value', setting]),
    ...attributes.flatMap((attribute) => ['--search-attribute', attribute]),
  ];
}

/** Resolves when the server answers for the namespace with every search attribute; rejects with what is missing. */
export async function temporalIsReady(address: string): Promise<void> {
  const connection = await connect(address);
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    const missing = await missingAttributes(connection, 'default');
    if (missing.length > 0) throw new Error(`search attributes are missing: ${missing}`);
  } finally {
    await connection.close();
  }
}

/** Keeps closed workflows for 7 days; the development server's own value is one day. */
export async function setRetention(address: string): Promise<void> {
  const connection = await connect(address);
  try {
    await connection.workflowService.updateNamespace({
      namespace: 'default',
      config: { workflowExecutionRetentionTtl: msToTs('7 days') },
    });
  } finally {
    await connection.close();
  }
}

function connect(address: string): Promise<Connection> {
  return Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS });
}
