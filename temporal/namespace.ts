import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { searchAttributes } from '../workflows/booking/booking.messages.ts';
import { registerSearchAttributes } from './search-attributes.ts';

/** How long a closed workflow can be looked at. What must be kept is in the databases. */
const retention = '7 days';
const alreadyExists = 6;
const notFound = 5;
const pollMs = 250;

/**
 * Makes the client's namespace with what bookings need, on a cluster of one's own, and waits until the cluster shows all of
 * it. May be repeated. Throws an error that says what is still missing after `withinMs`. Temporal Cloud makes namespaces and
 * search attributes in its console instead.
 */
export async function prepareNamespace(client: Client, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  await makeNamespace(client);
  for (;;) {
    const missing = await missingFrom(client);
    if (missing === undefined) return;
    if (Date.now() > deadline) throw new Error(`Temporal does not show ${missing} after ${withinMs / 1000} s.`);
    await delay(pollMs);
  }
}

async function makeNamespace(client: Client): Promise<void> {
  const request = { namespace: client.options.namespace, workflowExecutionRetentionPeriod: msToTs(retention) };
  try {
    await client.connection.workflowService.registerNamespace(request);
  } catch (error) {
    if ((error as { code?: number }).code !== alreadyExists) throw error;
  }
}

/** A new namespace is known to every part of the cluster after some seconds; until then it cannot have attributes. */
async function missingFrom(client: Client): Promise<string | undefined> {
  const { namespace } = client.options;
  try {
    await client.connection.workflowService.describeNamespace({ namespace });
    await registerSearchAttributes(client);
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
    const names = Object.values(searchAttributes).map(({ name }) => name);
    const missing = names.filter((name) => !(name in (customAttributes ?? {})));
    return missing.length === 0 ? undefined : `the search attributes ${missing.join(', ')}`;
  } catch (error) {
    if ((error as { code?: number }).code !== notFound) throw error;
    return `the namespace ${namespace}`;
  }
}
