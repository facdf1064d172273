import type { PortName, Ports } from './ports.ts';

/** Each database: the variable that names it, its name, and the engine that holds it if none is given. */
export const DATABASES = {
  'client-app': { variable: 'CLIENT_APP_MONGODB_URI', database: 'kursi_client', engine: 'mongodb-client' },
  'ticket-app': { variable: 'TICKET_APP_MONGODB_URI', database: 'kursi_ticket', engine: 'mongodb-ticket' },
  'payment-app': { variable: 'PAYMENT_APP_MONGODB_URI', database: 'kursi_payment', engine: 'mongodb-payment' },
  'organizer-x': { variable: 'ORGANIZER_X_MONGODB_URI', database: 'kursi_organizer_x', engine: 'mongodb-organizers' },
  'organizer-y': { variable: 'ORGANIZER_Y_MONGODB_URI', database: 'kursi_organizer_y', engine: 'mongodb-organizers' },
} as const satisfies Record<string, { variable: string; database: string; engine: PortName }>;

export type DatabaseName = keyof typeof DATABASES;
export type EngineName = (typeof DATABASES)[DatabaseName]['engine'];

export interface DatabasePlan {
  uris: Record<DatabaseName, string>;
  /** The engines that must be started: those that hold a database whose address is not given. */
  engines: EngineName[];
}

/**
 * Where each database is: its own variable, else MONGODB_URI with the database's name, else an engine of ours.
 * `suffix` is added to names on servers that are not ours, so that a test never meets real data. A pure function.
 */
export function planDatabases(env: NodeJS.ProcessEnv, ports: Ports, suffix = ''): DatabasePlan {
  const engines = new Set<EngineName>();
  const entries = Object.entries(DATABASES).map(([name, { variable, database, engine }]) => {
    const own = env[variable];
    if (own) return [name, suffix === '' ? own : withDatabase(own, `${database}${suffix}`)];
    if (env.MONGODB_URI) return [name, withDatabase(env.MONGODB_URI, `${database}${suffix}`)];
    engines.add(engine);
    return [name, withDatabase(engineUri(ports[engine]), database)];
  });
  return { uris: Object.fromEntries(entries) as Record<DatabaseName, string>, engines: [...engines] };
}

/** An engine of ours: one server, no replica set to be discovered. */
export function engineUri(port: number): string {
  return `mongodb://127.0.0.1:${port}/?directConnection=true`;
}

/** The same server, another database. Understands lists of hosts, which URL does not. */
export function withDatabase(uri: string, database: string): string {
  const match = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(uri);
  if (match === null) throw new Error('the address of MongoDB must begin with mongodb:// or mongodb+srv://');
  return `${match[1]}/${database}${match[2] ?? ''}`;
}
