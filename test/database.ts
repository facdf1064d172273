import { after, before } from 'mocha';
import mongoose, { type Connection } from 'mongoose';
import { migrate } from '../lib/mongo/migrate.ts';
import { testMongoUri } from './engines.ts';

/** A fresh, migrated database of one service for the tests of a `describe`; dropped after them. */
export function useDatabase(service: 'client-app' | 'ticket-app' | 'payment-app'): () => Connection {
  let connection: Connection | undefined;
  before(async function () {
    this.timeout(30_000);
    const uri = testMongoUri(service);
    await migrate(uri, `services/${service}/migrations`);
    connection = await mongoose
      .createConnection(uri, { bufferCommands: false, autoIndex: false, autoCreate: false, monitorCommands: true })
      .asPromise();
  });
  after(async () => {
    await connection?.dropDatabase();
    await connection?.close();
  });
  return () => {
    if (!connection) throw new Error('The database is there from the first test on, not before.');
    return connection;
  };
}
