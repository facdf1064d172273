// Organizer systems for tests: the real application on a real database of its own, on any free port.
import { fileURLToPath } from 'node:url';
import axios from 'axios';
import { serve } from '../lib/http/serve.ts';
import { createLogger } from '../lib/logging/logger.ts';
import { connectDatabase } from '../lib/mongo/connection.ts';
import { migrate } from '../lib/mongo/migrate.ts';
import { createOrganizerSystem } from '../services/organizer-systems/app.ts';
import type { Credentials } from '../services/organizer-systems/config.ts';
import type { FaultKind } from '../services/organizer-systems/faults/fault.ts';
import type { HoldLedger } from '../services/organizer-systems/models/holds.ts';
import { testMongoUri } from './engines.ts';

const migrations = fileURLToPath(new URL('../services/organizer-systems/migrations', import.meta.url));

export const credentialsX = { system: 'x', apiKey: 'key-of-kursi-at-x' } as const;
export const credentialsY = { system: 'y', keyId: 'kursi', secret: 'secret-of-kursi-at-y' } as const;

interface FaultOrder {
  reference?: string;
  event?: string;
  call?: 'hold' | 'release';
  fault: FaultKind;
  times?: number;
}

export interface OrganizerSystemUnderTest {
  url: string;
  mongoUri: string;
  ledger: HoldLedger;
  /** Orders a fault over the control route. */
  order(fault: FaultOrder): Promise<void>;
  /** What is left of the orders. */
  orders(): Promise<FaultOrder[]>;
  sellElsewhere(event: string, seats: string[]): Promise<void>;
  close(): Promise<void>;
}

/** A fresh database with the organizer systems' migrations. */
export async function organizerDatabase(name: string): Promise<string> {
  const uri = testMongoUri(name);
  await migrate(uri, migrations);
  return uri;
}

/** Without a rate nothing fails but what is ordered. */
export async function startOrganizerSystem(
  credentials: Credentials,
  { failureRate = 0, seed = 'test' } = {},
): Promise<OrganizerSystemUnderTest> {
  const log = createLogger(`organizer-${credentials.system}`, 'silent');
  const mongoUri = await organizerDatabase(`organizer-${credentials.system}`);
  const database = connectDatabase(mongoUri, log);
  await database.ready;
  const { app, ledger } = createOrganizerSystem({ credentials, failureRate, seed }, database, log);
  const served = await serve(app, '127.0.0.1', 0);
  const key = credentials.system === 'x' ? credentials.apiKey : credentials.secret;
  const control = axios.create({ baseURL: `${served.url}/control`, headers: { Authorization: `Bearer ${key}` } });
  return {
    url: served.url,
    mongoUri,
    ledger,
    order: async (fault) => void (await control.post('/faults', fault)),
    orders: async () => (await control.get('/faults')).data.faults,
    sellElsewhere: async (event, seats) => void (await control.post('/sold-elsewhere', { event, seats })),
    async close() {
      const closed = served.close();
      served.server.closeAllConnections();
      await closed;
      await database.connection.dropDatabase();
      await database.close();
    },
  };
}
