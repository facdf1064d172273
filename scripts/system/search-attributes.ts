import { setTimeout as delay } from 'node:timers/promises';
import { Connection, type ConnectionOptions } from '@temporalio/client';
import { reasonOf, SetupError } from './setup-error.ts';

/** What bookings can be searched by. Ids and states only: no personal data. */
export const SEARCH_ATTRIBUTES = {
  KursiEventId: 'Keyword',
  KursiCustomerId: 'Keyword',
  KursiBookingStatus: 'Keyword',
  KursiSeats: 'KeywordList',
} as const;

/** Numbers of temporal.api.enums.v1.IndexedValueType. */
const INDEXED_VALUE_TYPES = { Keyword: 2, KeywordList: 7 } as const;
const VISIBLE_TIMEOUT_MS = 30_000;
const VISIBLE_POLL_MS = 250;

/**
 * Registers the search attributes on a cluster that was given by its address, and waits until they are known.
 * @throws SetupError when the cluster cannot be reached, or lacks them and does not let us add them (Temporal Cloud:
 * they are added in its console).
 */
export async function registerSearchAttributes(options: ConnectionOptions, namespace: string): Promise<void> {
  const connection = await connect(options);
  try {
    const missing = await missingAttributes(connection, namespace);
    if (missing.length === 0) return;
    await add(connection, namespace, missing);
    const deadline = Date.now() + VISIBLE_TIMEOUT_MS;
    while ((await missingAttributes(connection, namespace)).length > 0) {
      if (Date.now() > deadline)
        throw new SetupError(`Temporal does not show the search attributes ${missing} it was given.`);
      await delay(VISIBLE_POLL_MS);
    }
  } finally {
    await connection.close();
  }
}

type AttributeName = keyof typeof SEARCH_ATTRIBUTES;

async function connect(options: ConnectionOptions): Promise<Connection> {
  try {
    return await Connection.connect({ ...options, connectTimeout: '10s' });
  } catch (error) {
    throw new SetupError(
      `The Temporal server at ${options.address} (TEMPORAL_ADDRESS) does not answer: ${reasonOf(error)}. ` +
        'Start it, correct the address, or unset TEMPORAL_ADDRESS to have one started.',
    );
  }
}

/** @returns the names of those the namespace does not have. */
export async function missingAttributes(connection: Connection, namespace: string): Promise<AttributeName[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return (Object.keys(SEARCH_ATTRIBUTES) as AttributeName[]).filter((name) => !(name in (customAttributes ?? {})));
}

async function add(connection: Connection, namespace: string, names: AttributeName[]): Promise<void> {
  const searchAttributes = Object.fromEntries(
    names.map((name) => [name, INDEXED_VALUE_TYPES[SEARCH_ATTRIBUTES[name]]]),
  );
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    const wanted = names.map((name) => `${name} (${SEARCH_ATTRIBUTES[name]})`).join(', ');
    throw new SetupError(
      `The Temporal namespace "${namespace}" lacks search attributes and does not let us add them: ${reasonOf(error)}. ` +
        `Add them there: ${wanted}.`,
    );
  }
}
