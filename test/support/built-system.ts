import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCompose, withDefaults } from '../../scripts/containers/compose.ts';
import { type ImageStage, readDockerfile } from '../../scripts/containers/dockerfile.ts';
import { makeSecretFiles } from '../../scripts/secrets/secret-files.ts';
import { freePort } from '../../temporal/workers/sdk-metrics.ts';
import { waitUntil } from '../wait-until.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const compose = readCompose(root);
const stages = readDockerfile(root);

/** A start is a second of work; on a machine that does much else besides it takes far longer. */
const patienceMs = 200_000;

/** What differs from the compose file, where there is no network of containers. */
export interface Surroundings {
  /** Addresses of databases, by the name of the secret file that holds them. */
  databases: Record<string, string>;
  temporal: { address: string; namespace: string };
  /** Added to every process. */
  environment: Record<string, string>;
}

/**
 * The services as the containers run them, without containers: the commands, variables, order of start, health checks and
 * signal of Dockerfile and docker-compose.yml, in a folder that has what the images have.
 */
export class BuiltSystem {
  readonly dir = mkdtempSync(path.join(os.tmpdir(), 'kursi-built-'));
  readonly app = path.join(this.dir, 'app');
  readonly #surroundings: Surroundings;
  readonly #ports = new Map<string, Promise<number>>();
  readonly #started = new Map<string, Promise<void>>();
  readonly #children: { name: string; child: ChildProcess; output: string[] }[] = [];

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    const secrets = path.join(this.dir, 'secrets');
    makeSecretFiles(secrets);
    for (const [name, uri] of Object.entries(surroundings.databases)) {
      rmSync(path.join(secrets, name));
      writeFileSync(path.join(secrets, name), `${uri}\n`);
    }
  }

  /** Runs the build's commands, and lays out what the images get: dist/, package.json and the production packages. */
  async build(): Promise<void> {
    for (const command of stages.build?.runs ?? []) {
      // The packages are installed already.
      if (!command.startsWith('npm ci')) await this.#toEnd('build', ['sh', '-c', command], process.env, root);
    }
    mkdirSync(path.join(this.app, 'node_modules'), { recursive: true });
    for (const file of ['dist', 'package.json']) {
      cpSync(path.join(root, file), path.join(this.app, file), { recursive: true });
    }
    for (const folder of productionPackages()) {
      const link = path.join(this.app, folder);
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(path.join(root, folder), link);
    }
  }

  /** Starts every service of ours, each when what it depends on is ready or done. */
  async start(): Promise<void> {
    const built = Object.entries(compose.services).filter(([, { build, profiles }]) => build && !profiles);
    await Promise.all(built.map(([name]) => this.#start(name)));
  }

  async url(name: string): Promise<string> {
    return `http://127.0.0.1:${await this.#portOf(name)}`;
  }

  /** Runs a command with the environment and entrypoint of a service, as `docker compose run` does. */
  async run(name: string, command: string[]): Promise<void> {
    const { entrypoint = [] } = compose.services[name] ?? {};
    await this.#toEnd(name, [...entrypoint, ...command], await this.#environmentOf(name), this.app);
  }

  /** Sends each process its stop signal; resolves with their exit codes once all have ended. */
  async stop(): Promise<Record<string, number | null>> {
    const ends = this.#children.map(async ({ name, child }, index) => {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill(stageOf(name).stopSignal as NodeJS.Signals);
      await ended;
      return [`${name} ${index}`, child.exitCode] as const;
    });
    return Object.fromEntries(await Promise.all(ends));
  }

  /** What each process has written, for a test that failed. */
  get output(): string {
    return this.#children.map(({ name, output }) => `${name}:\n${output.join('')}`).join('\n');
  }

  remove(): void {
    for (const { child } of this.#children) child.kill('SIGKILL');
    rmSync(this.dir, { recursive: true });
  }

  #start(name: string): Promise<void> {
    const starting = this.#started.get(name) ?? this.#startOnce(name);
    this.#started.set(name, starting);
    return starting;
  }

  async #startOnce(name: string): Promise<void> {
    const service = compose.services[name];
    const needed = Object.keys(service?.depends_on ?? {}).filter((other) => compose.services[other]?.build);
    await Promise.all(needed.map((other) => this.#start(other)));
    const { command, healthCommand } = stageOf(name);
    if (healthCommand === undefined) return this.run(name, service?.command ?? command);
    const replicas = service?.deploy?.replicas ?? 1;
    await Promise.all(Array.from({ length: replicas }, (_, index) => this.#serve(name, index)));
  }

  async #serve(name: string, replica: number): Promise<void> {
    const { command, healthCommand = [], port = '' } = stageOf(name);
    const own = String(await this.#portOf(name, replica));
    const env = { ...(await this.#environmentOf(name)), [portVariables[name] ?? '']: own };
    const child = spawn(command[0] ?? '', command.slice(1), { cwd: this.app, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: string[] = [];
    child.stdout.on('data', (chunk) => output.push(String(chunk)));
    child.stderr.on('data', (chunk) => output.push(String(chunk)));
    this.#children.push({ name, child, output });
    const check = healthCommand.map((word) => (word === port ? own : word));
    const isReady = async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
      return (await fetch(`http://127.0.0.1:${own}/readyz`).catch(() => undefined))?.ok;
    };
    await waitUntil(`${name} to be ready`, isReady, patienceMs).catch((error: Error) => {
      throw new Error(`${error.message}\n${output.join('')}`);
    });
    await this.#toEnd(name, check, env, this.app);
  }

  async #environmentOf(name: string): Promise<Record<string, string>> {
    const given = { ...stageOf(name).environment, ...compose.services[name]?.environment };
    const entries = Object.entries(given).map(async ([variable, value]) => [variable, await this.#outside(value)]);
    return {
      PATH: process.env.PATH ?? '',
      ...(Object.fromEntries(await Promise.all(entries)) as Record<string, string>),
      HOST: '127.0.0.1',
      ...('TEMPORAL_NAMESPACE' in given && { TEMPORAL_NAMESPACE: this.#surroundings.temporal.namespace }),
      ...this.#surroundings.environment,
    };
  }

  /** A value of the compose file as it is outside of containers: other folders, other addresses. */
  async #outside(value: string): Promise<string> {
    const text = withDefaults(value).replaceAll('/run/secrets', path.join(this.dir, 'secrets'));
    if (text === 'temporal:7233') return this.#surroundings.temporal.address;
    const host = /^http:\/\/([a-z-]+|127\.0\.0\.1):(\d+)/.exec(text);
    const name = Object.keys(portVariables).find((one) => one === host?.[1] || stageOf(one).port === host?.[2]);
    return host && name ? text.replace(host[0], await this.url(name)) : text;
  }

  #portOf(name: string, replica = 0): Promise<number> {
    const key = `${name} ${replica}`;
    const port = this.#ports.get(key) ?? freePort();
    this.#ports.set(key, port);
    return port;
  }

  async #toEnd(name: string, command: string[], env: NodeJS.ProcessEnv, cwd: string): Promise<void> {
    const child = spawn(command[0] ?? '', command.slice(1), { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: string[] = [];
    child.stdout.on('data', (chunk) => output.push(String(chunk)));
    child.stderr.on('data', (chunk) => output.push(String(chunk)));
    await once(child, 'close');
    if (child.exitCode !== 0) throw new Error(`${name}: ${command.join(' ')} ended so:\n${output.join('')}`);
  }
}

const portVariables: Record<string, string> = {
  'client-app': 'CLIENT_APP_PORT',
  'ticket-app': 'TICKET_APP_PORT',
  'payment-app': 'PAYMENT_APP_PORT',
  'organizer-x': 'ORGANIZER_X_PORT',
  'organizer-y': 'ORGANIZER_Y_PORT',
  'ticketing-worker': 'WORKER_METRICS_PORT',
};

function stageOf(name: string): ImageStage {
  const stage = stages[compose.services[name]?.build?.target ?? ''];
  if (stage === undefined) throw new Error(`${name} is not built from the Dockerfile.`);
  return stage;
}

/** The folders that `npm ci --omit=dev` makes at the top of node_modules. */
function productionPackages(): string[] {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  return Object.entries(packages)
    .filter(([folder, { dev }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(folder) && !dev)
    .map(([folder]) => folder)
    .filter((folder) => existsSync(path.join(root, folder)));
}
