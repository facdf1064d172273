import type { Connection } from 'mongoose';
import { holdModels } from '../models/hold-record.ts';

/**
 * An organizer's record starts empty: every seat is free until it is held. Seeding makes sure of the two collections only,
 * so that the first hold does not pay for their creation. May be repeated.
 */
export async function seed(connection: Connection): Promise<void> {
  const { holds, claims } = holdModels(connection);
  await holds.createCollection();
  await claims.createCollection();
}
