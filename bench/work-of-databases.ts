import { databaseOf } from '../test/e2e/databases.ts';
import { rounded } from './statistics.ts';

const DATABASES = ['client-app', 'ticket-app', 'payment-app', 'organizer-x'] as const;

/**
 * How many documents all databases have looked at so far, pollers included. Undefined where a server does not tell: the
 * counters are in serverStatus, which some hosts forbid.
 */
export async function workOfDatabases(): Promise<number | undefined> {
  const each = await Promise.all(
    DATABASES.map(async (name) => {
      const database = (await databaseOf(name)).db;
      const status = await database
        ?.admin()
        .serverStatus()
        .catch(() => undefined);
      const examined: unknown = status?.metrics?.queryExecutor?.scannedObjects;
      return examined === undefined ? undefined : Number(examined);
    }),
  );
  return each.reduce<number | undefined>(
    (sum, one) => (sum === undefined || one === undefined ? undefined : sum + one),
    0,
  );
}

/** By one of `count` things between two looks; null where a server does not tell. */
export function examinedEach(before: number | undefined, after: number | undefined, count: number): number | null {
  return before === undefined || after === undefined ? null : rounded((after - before) / count);
}
