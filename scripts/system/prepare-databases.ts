import { fileURLToPath } from 'node:url';
import mongoose, { type Connection } from 'mongoose';
import { migrate } from '../../lib/mongo/migrate.ts';
import { seed as seedClientApp } from '../../services/client-app/seeds/seed.ts';
import { seed as seedOrganizer } from '../../services/organizer-systems/seeds/seed.ts';
import { seed as seedPaymentApp } from '../../services/payment-app/seeds/seed.ts';
import { seed as seedTicketApp } from '../../services/ticket-app/seeds/seed.ts';
import type { DatabaseName, DatabasePlan } from './databases.ts';
import { type Say, withProgress } from './progress.ts';

interface Preparation {
  /** The folder under services/ whose migrations make this database. */
  service: string;
  /** Puts in what is missing of the sample data; may be repeated. */
  seed: (connection: Connection) => Promise<unknown>;
}

const PREPARATIONS: Record<DatabaseName, Preparation> = {
  'client-app': { service: 'client-app', seed: seedClientApp },
  'ticket-app': { service: 'ticket-app', seed: seedTicketApp },
  'payment-app': { service: 'payment-app', seed: seedPaymentApp },
  'organizer-x': { service: 'organizer-systems', seed: seedOrganizer },
  'organizer-y': { service: 'organizer-systems', seed: seedOrganizer },
};

export const DATABASE_NAMES = Object.keys(PREPARATIONS) as DatabaseName[];

/** Migrates each database and, if asked, adds what is missing of the sample data. */
export async function prepareDatabases({ uris }: DatabasePlan, options: { seed: boolean; say: Say }): Promise<void> {
  // One after the other: the migration library keeps its configuration in one place for the whole process.
  for (const name of DATABASE_NAMES) {
    await withProgress(options.say, `Migrating and seeding the database of ${name}`, async () => {
      const ran = await migrateDatabase(name, uris[name]);
      if (ran.length > 0) options.say(`Migrated the database of ${name}: ${ran.join(', ')}`);
      if (options.seed) await seedDatabase(name, uris[name]);
    });
  }
}

/** @returns the names of the migrations that ran. */
export function migrateDatabase(name: DatabaseName, uri: string): Promise<string[]> {
  return migrate(uri, migrationsOf(name));
}

export function migrationsOf(name: DatabaseName): string {
  return fileURLToPath(new URL(`../../services/${PREPARATIONS[name].service}/migrations`, import.meta.url));
}

/** Adds what is missing of the sample data. */
export async function seedDatabase(name: DatabaseName, uri: string): Promise<void> {
  const { seed } = PREPARATIONS[name];
  const connection = mongoose.createConnection(uri, { autoIndex: false, autoCreate: false });
  try {
    await connection.asPromise();
    await seed(connection);
  } finally {
    await connection.close();
  }
}
