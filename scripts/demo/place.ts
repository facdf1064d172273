import path from 'node:path';
import { type Urls, urlsAt } from '../system/environment.ts';
import { portsAt } from '../system/ports.ts';
import type { Say } from '../system/progress.ts';
import { loadSecrets } from '../system/secrets.ts';
import { readRunningSystem } from '../system/state-file.ts';
import { System } from '../system/system.ts';
import { send } from './http.ts';
import type { StagePlace } from './stage.ts';
import { until } from './until.ts';

/** A system that is still starting may take as long as this. */
const READY_TIMEOUT_MS = 120_000;

export interface PlaceOptions {
  dir: string;
  portOffset: number;
  say: Say;
}

/** Where the demo is played: on a system that runs already, or on one of its own. */
export interface Place {
  stage: StagePlace;
  /** Stops what was started for the demo. */
  leave: () => Promise<void>;
}

/** The system that runs in the folder, once it is ready; undefined when none does. */
export async function findPlace({ dir, say }: PlaceOptions): Promise<Place | undefined> {
  const running = readRunningSystem(dir);
  if (running === undefined) return undefined;
  // Its Web UI is only known to the system itself; everything else follows from its ports.
  const urls: Urls = { ...urlsAt(portsAt(running.portOffset)), ...running.urls };
  say(`Playing on the Kursi that runs in ${dir}, at ${urls.clientApp}.`);
  await untilReady(urls);
  return { stage: stagePlace(dir, urls), leave: async () => {} };
}

/**
 * Starts a system for the demo. `onSystem` gets it before it starts, so that a Ctrl-C can stop it at any time.
 * @throws SetupError that names what stands in the way; nothing is left running then.
 */
export async function makePlace(options: PlaceOptions, onSystem: (system: System) => void): Promise<Place> {
  const system = new System({
    ...options,
    wayOut: (offset) => `KURSI_PORT_OFFSET=${offset} npm run demo`,
  });
  onSystem(system);
  options.say('No Kursi runs yet: starting one for the demo.');
  try {
    await system.startEngines();
    await system.startServices();
  } catch (error) {
    await system.stop();
    throw error;
  }
  return { stage: stagePlace(options.dir, system.urls), leave: () => system.stop() };
}

function stagePlace(dir: string, urls: Urls): StagePlace {
  return {
    urls,
    secrets: loadSecrets(dir),
    ticketFolder: path.join(dir, 'demo'),
    temporalNamespace: process.env.TEMPORAL_NAMESPACE || 'default',
  };
}

/** A system that has just been started by somebody else answers only after a while. */
async function untilReady(urls: Urls): Promise<void> {
  const { clientApp, ticketApp, paymentApp, organizerX, organizerY } = urls;
  for (const url of [clientApp, ticketApp, paymentApp, organizerX, organizerY]) {
    await until({
      what: `${url} is ready`,
      look: () => send({ method: 'GET', url: `${url}/readyz` }).then(({ status }) => status, String),
      holds: (status) => status === 200,
      timeoutMs: READY_TIMEOUT_MS,
    });
  }
}
