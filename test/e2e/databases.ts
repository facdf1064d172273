// The databases of the running system, as they are behind what the services say.
import mongoose, { type Connection } from 'mongoose';
import type { DatabaseName } from '../../scripts/system/databases.ts';
import { system } from '../engines.ts';

const opened = new Map<DatabaseName, Promise<Connection>>();

/** Longer than any one command of a test or a measurement takes. */
const socketTimeoutMS = 120_000;

/**
 * A service's own database, to compare what it holds with what it says. Where databases are killed the driver may wait for an
 * answer that never comes: it is told to end that.
 */
export function databaseOf(name: DatabaseName): Promise<Connection> {
  const known =
    opened.get(name) ?? mongoose.createConnection(system().databases[name], { socketTimeoutMS }).asPromise();
  opened.set(name, known);
  return known;
}

export async function closeDatabases(): Promise<void> {
  const connections = await Promise.all(opened.values());
  opened.clear();
  await Promise.all(connections.map((connection) => connection.close()));
}
