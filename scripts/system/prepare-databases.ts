import type { DatabasePlan } from './databases.ts';
import type { Say } from './progress.ts';

/** Migrates each database and, if asked, puts sample data into those that have none. */
export async function prepareDatabases(_plan: DatabasePlan, _options: { seed: boolean; say: Say }): Promise<void> {}
