import { hostname } from 'node:os';
import path from 'node:path';
import mongoose from 'mongoose';

/** A migrator that died is taken to be gone after this long; migrations are repeatable, so a second run does no harm. */
const lockMs = 5 * 60_000;

/**
 * Runs every migration of a folder that has not run on this database. Returns the names of those that ran.
 * migrate-mongo's own lock is check-then-insert and lets two through, so the lock here is a document claimed by its `_id`.
 */
export async function migrate(uri: string, migrationsDir: string): Promise<string[]> {
  const connection = await mongoose
    .createConnection(uri, { writeConcern: { w: 'majority', journal: true }, serverSelectionTimeoutMS: 10_000 })
    .asPromise();
  const { db } = connection;
  if (!db) throw new Error('The connection to the database has no database name; put one in its URI.');
  const locks = db.collection<{ _id: string; until: Date; by: string }>('migration_locks');
  const me = `${hostname()}/${process.pid}`;
  // Imported here: to `require`, which is how mocha loads test files, migrate-mongo shows no functions but promises of them.
  const { config, up } = await import('migrate-mongo');
  try {
    const now = new Date();
    // The upsert of a second migrator finds the lock held, tries to insert, and is refused by the unique _id.
    await locks.updateOne(
      { _id: 'migration', $or: [{ until: { $lt: now } }, { by: me }] },
      { $set: { until: new Date(now.getTime() + lockMs), by: me } },
      { upsert: true },
    );
    config.set({
      mongodb: { url: uri },
      migrationsDir,
      changelogCollectionName: 'migrations',
      lockCollectionName: 'migration_tool_lock',
      lockTtl: 0,
      // Built, they are JavaScript like this file.
      migrationFileExtension: path.extname(import.meta.url),
      useFileHash: false,
      moduleSystem: 'esm',
    });
    const ran = await up(db as never, connection.getClient() as never);
    await locks.deleteOne({ _id: 'migration', by: me });
    return ran;
  } catch (error) {
    if (error instanceof mongoose.mongo.MongoServerError && error.code === 11000) {
      throw new Error('Another migration is running on this database; wait for it to end.');
    }
    await locks.deleteOne({ _id: 'migration', by: me });
    throw error;
  } finally {
    await connection.close();
  }
}
