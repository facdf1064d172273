import { type Static, type TObject, Type } from 'typebox';
import { compileForText, NotOfSchema } from '../schema/ajv.ts';
import { withFiles } from './secret-files.ts';
import { refuseWeakSecrets } from './strong-secrets.ts';

/**
 * Reads a process's configuration from its environment: each property of `schema` is one variable of the same name, or the
 * path of a file that holds it, in `<NAME>_FILE`. An empty value counts as not set.
 * Throws an error whose message names the variable and what it must be; in production also for weak secrets.
 */
export function readEnvironment<S extends TObject>(schema: S, env: NodeJS.ProcessEnv = process.env): Static<S> {
  const names = Object.keys(schema.properties);
  const complete = withFiles(names, env);
  const values = Object.fromEntries(names.flatMap((name) => (complete[name] ? [[name, complete[name]]] : [])));
  refuseWeakSecrets(values, env.NODE_ENV);
  try {
    return compileForText(schema).parse(values);
  } catch (error) {
    if (!(error instanceof NotOfSchema)) throw error;
    const wanted = schema.properties[error.field] as { description?: string } | undefined;
    const about = wanted?.description ? ` (${wanted.description})` : '';
    throw new Error(
      `Environment variable ${error.field} ${error.message}${about}. See the configuration table in README.md.`,
    );
  }
}

/** Reads the configuration at a process's start; what is missing or wrong is one line on stderr, and the end (exit code 1). */
export function configurationOf<Config>(processName: string, read: () => Config): Config {
  try {
    return read();
  } catch (error) {
    console.error(`${processName} cannot start. ${(error as Error).message}`);
    process.exit(1);
  }
}

/** Of every service that looks at its callers' IP addresses (`TRUSTED_PROXIES`). */
export const trustedProxies = Type.Integer({
  default: 0,
  minimum: 0,
  maximum: 10,
  description: 'proxies in front of the service, each of which adds to X-Forwarded-For',
});

/** Splits a comma-separated list; every entry is accepted, the first one is used to send or to sign. */
export function list(value: string): [string, ...string[]] {
  const [first, ...rest] = value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (first === undefined) throw new Error('A list in the environment is empty.');
  return [first, ...rest];
}
