import { type Static, Type } from 'typebox';
import { readEnvironment } from '../../lib/config/environment.ts';

const Port = Type.Integer({ minimum: 0, maximum: 65_535 });
const MongoUri = Type.String({ pattern: '^mongodb', description: 'a mongodb:// or mongodb+srv:// URI' });
const Key = Type.String({ minLength: 16, description: 'at least 16 characters' });

const shared = {
  HOST: Type.String({ default: '127.0.0.1' }),
  LOG_LEVEL: Type.String({ default: 'info' }),
  ORGANIZER_FAILURE_RATE: Type.Number({ minimum: 0, maximum: 1, default: 0.2, description: 'a share from 0 to 1' }),
  ORGANIZER_SEED: Type.String({ default: 'kursi' }),
};
export const OfX = Type.Object({
  ...shared,
  ORGANIZER_X_PORT: { ...Port, default: 3011 },
  ORGANIZER_X_MONGODB_URI: MongoUri,
  ORGANIZER_X_API_KEY: Key,
});
export const OfY = Type.Object({
  ...shared,
  ORGANIZER_Y_PORT: { ...Port, default: 3012 },
  ORGANIZER_Y_MONGODB_URI: MongoUri,
  ORGANIZER_Y_KEY_ID: Type.String({ pattern: '^[\\x21-\\x7e]{1,64}$', description: 'up to 64 visible characters' }),
  ORGANIZER_Y_SECRET: Key,
});

/** How callers show who they are, which differs from one system to the other. */
export type Credentials = { system: 'x'; apiKey: string } | { system: 'y'; keyId: string; secret: string };

export interface Config {
  host: string;
  port: number;
  logLevel: string;
  mongoUri: string;
  credentials: Credentials;
  /** Share of holds and releases that fail by chance. */
  failureRate: number;
  seed: string;
}

function common(env: Pick<Static<typeof OfX>, keyof typeof shared>) {
  return {
    host: env.HOST,
    logLevel: env.LOG_LEVEL,
    failureRate: env.ORGANIZER_FAILURE_RATE,
    seed: env.ORGANIZER_SEED,
  };
}

/** Reads the environment of one of the two systems. Throws an error that names the variable which is wrong. */
export function readConfig(system: string | undefined, env: NodeJS.ProcessEnv = process.env): Config {
  if (system === 'x') {
    const x = readEnvironment(OfX, env);
    return {
      ...common(x),
      port: x.ORGANIZER_X_PORT,
      mongoUri: x.ORGANIZER_X_MONGODB_URI,
      credentials: { system, apiKey: x.ORGANIZER_X_API_KEY },
    };
  }
  if (system === 'y') {
    const y = readEnvironment(OfY, env);
    return {
      ...common(y),
      port: y.ORGANIZER_Y_PORT,
      mongoUri: y.ORGANIZER_Y_MONGODB_URI,
      credentials: { system, keyId: y.ORGANIZER_Y_KEY_ID, secret: y.ORGANIZER_Y_SECRET },
    };
  }
  throw new Error('Say which organizer system to run: main.ts x, or main.ts y.');
}
