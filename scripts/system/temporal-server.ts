import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { type TemporalConfig, temporalClient } from '../../temporal/connection.ts';
import { registerSearchAttributes } from '../../temporal/search-attributes.ts';
import { searchAttributes } from '../../workflows/booking/booking.messages.ts';
import type { TemporalPlace } from './environment.ts';
import type { EngineContext } from './mongodb-engines.ts';
import { reasonOf, SetupError } from './setup-error.ts';
import { getTemporal } from './temporal-command.ts';

const CONNECT_TIMEOUT_MS = 1_000;
const GIVEN_TIMEOUT_MS = 10_000;
const ATTRIBUTES_TIMEOUT_MS = 30_000;
const ATTRIBUTES_POLL_MS = 250;

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

/** Dynamic configuration of the server: key and value. */
export type TemporalSettings = Record<string, string | number | boolean>;

/** As the command line of the Temporal CLI spells them. */
const ATTRIBUTE_TYPES = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList' } as const;

/** Starts the development server, or prepares the cluster whose address was given. */
export async function startTemporal(
  { dir, ports, env, say, supervisor }: EngineContext,
  settings: TemporalSettings = {},
): Promise<TemporalPlace> {
  const source = await getTemporal(env, say);
  if (source.kind === 'address') return prepareGiven(source.address, env);
  const [port, uiPort] = [ports.temporal, ports['temporal-ui']];
  const address = `127.0.0.1:${port}`;
  const folder = path.join(dir, 'temporal');
  mkdirSync(folder, { recursive: true });
  await supervisor.start({
    name: 'temporal',
    command: source.command,
    args: temporalArguments({ file: path.join(folder, 'temporal.db'), port, uiPort, settings }),
    env,
    ready: () => isReady(address),
  });
  await setRetention(address);
  return { address, namespace: 'default', ui: `http://127.0.0.1:${uiPort}` };
}

interface ServerPlace {
  file: string;
  port: number;
  uiPort: number;
  settings?: TemporalSettings;
}

/** The arguments of the Temporal CLI that start the development server. */
export function temporalArguments({ file, port, uiPort, settings: more = {} }: ServerPlace): string[] {
  const settings = Object.entries({ ...DYNAMIC_CONFIG, ...more }).map(([key, value]) => `${key}=${value}`);
  const attributes = Object.values(searchAttributes).map(({ name, type }) => `${name}=${attributeType(type)}`);
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
    ...['--db-filename', file, '--sqlite-pragma', 'journal_mode=wal', '--log-level', 'warn'],
    ...settings.flatMap((setting) => ['--dynamic-config-value', setting]),
    ...attributes.flatMap((attribute) => ['--search-attribute', attribute]),
  ];
}

function attributeType(type: string): string {
  const name = ATTRIBUTE_TYPES[type as keyof typeof ATTRIBUTE_TYPES];
  if (name === undefined) throw new Error(`no name for search attributes of type ${type} is known to the Temporal CLI`);
  return name;
}

/** Resolves when the server answers for the namespace with every search attribute; rejects with what is missing. */
async function isReady(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS });
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    const missing = await missingAttributes(connection, 'default');
    if (missing.length > 0) throw new Error(`search attributes are missing: ${missing}`);
  } finally {
    await connection.close();
  }
}

async function missingAttributes(connection: Connection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const names = Object.values(searchAttributes).map(({ name }) => name);
  return names.filter((name) => !(name in (customAttributes ?? {})));
}

/** Keeps closed workflows for 7 days; the development server's own value is one day. */
async function setRetention(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS });
  try {
    const config = { workflowExecutionRetentionTtl: msToTs('7 days') };
    await connection.workflowService.updateNamespace({ namespace: 'default', config });
  } finally {
    await connection.close();
  }
}

/**
 * Looks whether a given cluster answers, and makes it know the search attributes.
 * @throws SetupError when it does not answer, or lacks them and does not let us add them (Temporal Cloud: they are
 * added in its console).
 */
async function prepareGiven(address: string, env: Record<string, string>): Promise<TemporalPlace> {
  const namespace = env.TEMPORAL_NAMESPACE || 'default';
  const config: TemporalConfig = {
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_API_KEY: env.TEMPORAL_API_KEY || undefined,
    TEMPORAL_TLS: env.TEMPORAL_TLS ? env.TEMPORAL_TLS === 'true' : undefined,
  };
  const client = temporalClient(config);
  const connection = client.connection as Connection;
  try {
    await connection
      .withDeadline(Date.now() + GIVEN_TIMEOUT_MS, () => connection.ensureConnected())
      .catch((error) => {
        throw new SetupError(
          `The Temporal server at ${address} (TEMPORAL_ADDRESS) does not answer: ${reasonOf(error)}. ` +
            'Start it, correct the address, or unset TEMPORAL_ADDRESS to have one started.',
        );
      });
    await registerSearchAttributes(client).catch((error) => {
      const wanted = Object.values(searchAttributes).map(({ name, type }) => `${name} (${attributeType(type)})`);
      throw new SetupError(
        `The Temporal namespace "${namespace}" does not let us add search attributes: ${reasonOf(error)}. ` +
          `Add these to it yourself: ${wanted.join(', ')}.`,
      );
    });
    await untilAttributesAreKnown(connection, namespace);
    return { address, namespace, ui: undefined };
  } finally {
    await connection.close();
  }
}

async function untilAttributesAreKnown(connection: Connection, namespace: string): Promise<void> {
  const deadline = Date.now() + ATTRIBUTES_TIMEOUT_MS;
  for (;;) {
    const missing = await missingAttributes(connection, namespace);
    if (missing.length === 0) return;
    if (Date.now() > deadline)
      throw new SetupError(`Temporal does not show the search attributes ${missing} that it was given.`);
    await delay(ATTRIBUTES_POLL_MS);
  }
}
