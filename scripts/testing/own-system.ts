import { setSystem } from '../../test/engines.ts';
import { findFreeOffset } from '../system/ports.ts';
import type { Say } from '../system/progress.ts';
import { SetupError } from '../system/setup-error.ts';
import { readRunningSystem } from '../system/state-file.ts';
import { System, type SystemOptions } from '../system/system.ts';
import { buildServices } from './build-services.ts';
import { emptyOwnFolder } from './own-folder.ts';
import { factsOf, type RemoteSystem } from './remote-system.ts';

/** Commands that start a system of their own look for free ports from here on. */
const FIRST_PORT_OFFSET = 4_000;

/** The options by which a person says where it runs. */
export const ownSystemOptions = {
  dir: { type: 'string', default: process.env.KURSI_TEST_DIR || '.kursi-test' },
  'port-offset': { type: 'string', default: process.env.KURSI_TEST_PORT_OFFSET || '' },
} as const;

interface Wish extends Pick<SystemOptions, 'env' | 'temporalSettings' | 'wayOut'> {
  /** Makes its databases recognisable on a server that was given by address. */
  name: string;
  dir: string;
  /** Empty: the first that is free. */
  'port-offset': string;
  say: Say;
  /** Run the services from a build of their own, as in production, and not from the source. */
  fromBuild?: boolean;
  /** The folder of a build that is there already. */
  built?: string | undefined;
}

/**
 * A system for measurements and experiments, empty, not yet started. Who makes it stops it.
 * @throws SetupError when one runs in the folder, or somebody else's things are there.
 */
export async function ownSystem({
  name,
  dir,
  'port-offset': offset,
  fromBuild = false,
  built,
  ...wish
}: Wish): Promise<System> {
  if (readRunningSystem(dir)) throw new SetupError(`A system runs in ${dir}; wait for its end, or name another --dir.`);
  emptyOwnFolder(dir);
  const services = built ?? (fromBuild ? await buildServices(dir) : undefined);
  return new System({
    ...wish,
    ...(services !== undefined && { built: services }),
    dir,
    portOffset: offset ? Number(offset) : await findFreeOffset(FIRST_PORT_OFFSET),
    seed: false,
    databaseSuffix: `_${name}_${Date.now()}`,
  });
}

/** Starts all of it, and makes it the one that test/e2e/stage.ts plays on. */
export async function startOwnSystem(system: System): Promise<RemoteSystem> {
  await system.startEngines();
  await system.startServices();
  const { kill, restart, pid } = system;
  const remote = {
    ...factsOf(system),
    kill: kill.bind(system),
    restart: restart.bind(system),
    pid: async (process: string) => pid.call(system, process),
  };
  setSystem(remote);
  return remote;
}
