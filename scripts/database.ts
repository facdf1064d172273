// npm run db -- migrate|seed|status <database>: one database, by its variable, MONGODB_URI, or the running npm start.
import { readdirSync } from 'node:fs';
import { MongoClient } from 'mongodb';
import { withFiles } from '../lib/config/secret-files.ts';
import { readCommandLine } from './system/command-line.ts';
import { DATABASES, type DatabaseName, planDatabases } from './system/databases.ts';
import { portsAt } from './system/ports.ts';
import { DATABASE_NAMES, migrateDatabase, migrationsOf, seedDatabase } from './system/prepare-databases.ts';
import { reasonOf } from './system/setup-error.ts';
import { readRunningSystem } from './system/state-file.ts';

const USAGE = `Usage: npm run db -- migrate|seed|status ${DATABASE_NAMES.join('|')}`;
const CONNECT_TIMEOUT_MS = 5_000;

const { dir, portOffset, positionals } = readCommandLine();
const [action, given] = positionals;
const name = DATABASE_NAMES.find((known) => known === given || known === `${given}-app`);
if (action === undefined || name === undefined) fail(USAGE);

const offset = readRunningSystem(dir)?.portOffset ?? portOffset;
try {
  await perform(action, name);
} catch (error) {
  fail(`${action} of ${name} failed: ${reasonOf(error)}. Is the system running (npm start, or npm run engines)?`);
}

/** The database's own variable may be given by a file, as to the services. */
function addressOf(database: DatabaseName): string {
  const env = withFiles([DATABASES[database].variable], process.env);
  return planDatabases(env, portsAt(offset)).uris[database];
}

async function perform(wanted: string, database: DatabaseName): Promise<void> {
  const uri = addressOf(database);
  switch (wanted) {
    case 'migrate': {
      const ran = await migrateDatabase(database, uri);
      console.log(ran.length > 0 ? ran.map((file) => `ran ${file}`).join('\n') : 'nothing to migrate');
      return;
    }
    case 'seed':
      // The sample people's password stands in the README.
      if (process.env.NODE_ENV === 'production') throw new Error('sample data are not for production');
      await seedDatabase(database, uri);
      console.log('seeded');
      return;
    case 'status':
      return showStatus(database, uri);
    default:
      fail(USAGE);
  }
}

async function showStatus(database: DatabaseName, uri: string): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: CONNECT_TIMEOUT_MS });
  try {
    await client.connect();
    const db = client.db();
    const ran = await db.collection<{ fileName: string; appliedAt: Date }>('migrations').find().toArray();
    for (const file of readdirSync(migrationsOf(database)).sort()) {
      const done = ran.find(({ fileName }) => fileName === file);
      console.log(`${file}  ${done ? `ran ${done.appliedAt.toISOString()}` : 'not yet'}`);
    }
    for (const { name: collection } of await db.listCollections().toArray()) {
      console.log(`${collection.padEnd(24)} ${await db.collection(collection).estimatedDocumentCount()}`);
    }
  } finally {
    await client.close();
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
