import path from 'node:path';
import type { PortName, Ports } from './ports.ts';
import type { ProcessSpec } from './supervisor.ts';

interface Service {
  name: PortName;
  entry: string;
  args: readonly string[];
}

/** Every process of the product, and the file that starts it. */
export const SERVICES: readonly Service[] = [
  { name: 'client-app', entry: 'services/client-app/main.ts', args: [] },
  { name: 'ticket-app', entry: 'services/ticket-app/main.ts', args: [] },
  { name: 'payment-app', entry: 'services/payment-app/main.ts', args: [] },
  { name: 'organizer-x', entry: 'services/organizer-systems/main.ts', args: ['x'] },
  { name: 'organizer-y', entry: 'services/organizer-systems/main.ts', args: ['y'] },
  { name: 'ticketing-worker', entry: 'temporal/workers/main.ts', args: [] },
];

const READY_REQUEST_TIMEOUT_MS = 2_000;

/** `built`: the folder of a build to run it from; otherwise it runs from the source. */
export function serviceSpec(
  service: Service,
  ports: Ports,
  env: Record<string, string>,
  built: string | undefined,
): ProcessSpec {
  const program = built ? [path.join(built, service.entry.replace(/\.ts$/, '.js'))] : ['--import=tsx', service.entry];
  const url = `http://127.0.0.1:${ports[service.name]}/readyz`;
  return {
    name: service.name,
    command: process.execPath,
    args: [...program, ...service.args],
    env,
    ready: () => isReady(url),
  };
}

/** Resolves on 200; rejects with what the process says it waits for. */
async function isReady(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(READY_REQUEST_TIMEOUT_MS) }).catch(() => {
    throw new Error('it does not answer yet');
  });
  if (answer.ok) {
    await answer.body?.cancel();
    return;
  }
  const text = await answer.text();
  throw new Error(`it answers ${answer.status} ${text.slice(0, 200)}`);
}
