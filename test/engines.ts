// What tests run against. `npm test` starts it and says by environment where it is; so can a person
// (`npm run engines`, then KURSI_TEST_MONGODB_URI and TEMPORAL_ADDRESS for `npx mocha <file>`).
import { randomBytes } from 'node:crypto';
import { withDatabase } from '../scripts/system/databases.ts';
import type { RemoteSystem } from '../scripts/testing/remote-system.ts';

/** MongoDB's limit is 63 bytes for a database name. */
const NAME_MAX_LENGTH = 30;

/** The address of a fresh database of its own; `name` only makes it recognisable. */
export function testMongoUri(name: string): string {
  const server = fromEnvironment('KURSI_TEST_MONGODB_URI');
  const readable = name.replace(/[^a-zA-Z0-9]+/g, '_').slice(0, NAME_MAX_LENGTH);
  return withDatabase(server, `test_${readable}_${randomBytes(6).toString('hex')}`);
}

/** Address of a real Temporal server, namespace `default`, with the search attributes. Task queues are shared: use your own. */
export function temporalAddress(): string {
  return fromEnvironment('TEMPORAL_ADDRESS');
}

/** On the process, not in this module: mocha may load a test by another door than its runner, and with it a second copy of this module. */
const shared = globalThis as { kursiSystem?: RemoteSystem };

/** The whole running system. Only for tests in test/e2e, which `npm test` runs against one. */
export function system(): RemoteSystem {
  if (shared.kursiSystem === undefined)
    throw new Error('No system runs for this test: run it with `npm test -- <file>`.');
  return shared.kursiSystem;
}

/** For the runner. */
export function setSystem(remote: RemoteSystem): void {
  shared.kursiSystem = remote;
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(
      `${name} is not set: run this with \`npm test -- <file>\`, or start \`npm run engines\` and set it.`,
    );
  return value;
}
