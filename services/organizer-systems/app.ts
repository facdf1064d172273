import type Koa from 'koa';
import { Registry } from 'prom-client';
import { createApp } from '../../lib/http/app.ts';
import type { DescribedRoutes } from '../../lib/http/routes.ts';
import type { Logger } from '../../lib/logging/logger.ts';
import type { Database } from '../../lib/mongo/connection.ts';
import type { Config, Credentials } from './config.ts';
import { controlRoutes } from './control/routes.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import { seededGenerator } from './faults/seeded-generator.ts';
import { type FaultyCalls, withFaults } from './faults/with-faults.ts';
import { HoldLedger } from './models/holds.ts';
import { HoldView } from './x/presenter.ts';
import { xRoutes } from './x/routes.ts';
import { AllotmentView } from './y/presenter.ts';
import { yRoutes } from './y/routes.ts';

function routesOf(credentials: Credentials, ledger: HoldLedger, faulty: FaultyCalls): DescribedRoutes {
  switch (credentials.system) {
    case 'x':
      return xRoutes({ ledger, faulty, apiKey: credentials.apiKey });
    case 'y':
      return yRoutes({ ledger, faulty, keyId: credentials.keyId, secret: credentials.secret });
  }
}

/** Builds one organizer system on a database; it does not listen. The ledger is handed out for the sweep. */
export function createOrganizerSystem(
  config: Pick<Config, 'credentials' | 'failureRate' | 'seed'>,
  database: Database,
  log: Logger,
): { app: Koa; ledger: HoldLedger } {
  const { credentials } = config;
  const metrics = new Registry();
  const ledger = new HoldLedger(database.connection);
  // X and Y fail at different moments although they share a seed.
  const plan = new FaultPlan(config.failureRate, seededGenerator(`${config.seed}/${credentials.system}`));
  const credential = credentials.system === 'x' ? credentials.apiKey : credentials.secret;
  const app = createApp({
    name: `organizer-${credentials.system}`,
    log,
    metrics,
    checks: { database: database.check },
    api: {
      title: `Kursi organizer system ${credentials.system.toUpperCase()}`,
      description: "Stands in for another company's booking system, which fails at random.",
      schemas: credentials.system === 'x' ? { Hold: HoldView } : { Allotment: AllotmentView },
    },
    routes: [routesOf(credentials, ledger, withFaults(plan, metrics)), controlRoutes({ ledger, plan, credential })],
  });
  return { app, ledger };
}
