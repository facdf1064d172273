import path from 'node:path';
import { type DatabasePlan, planDatabases } from './databases.ts';
import { inheritedEnvironment, processEnvironment, type TemporalPlace, type Urls, urlsAt } from './environment.ts';
import { startMongodb } from './mongodb-engines.ts';
import { checkPortsAreFree, type PortName, type Ports, portsAt } from './ports.ts';
import { prepareDatabases } from './prepare-databases.ts';
import { type Say, withProgress } from './progress.ts';
import { loadSecrets } from './secrets.ts';
import { SERVICES, serviceSpec } from './services.ts';
import { type StateFile, takeDirectory } from './state-file.ts';
import { Supervisor } from './supervisor.ts';
import { startTemporal, type TemporalSettings } from './temporal-server.ts';

export interface SystemOptions {
  /** The folder for data, secrets and logs: `.kursi`, or `.kursi-test`. */
  dir: string;
  portOffset: number;
  say: Say;
  /** Added to the environment of every process. */
  env?: Record<string, string>;
  /** Put sample data into databases that have none. Default: true. */
  seed?: boolean;
  /** Start a process again that ends by itself. Default: false, so that a test sees what it did. */
  restart?: boolean;
  /** The folder of a build that the services run from. Default: the source. */
  built?: string;
  /** Added to the dynamic configuration of a development server of its own. */
  temporalSettings?: TemporalSettings;
  /** Added to the names of databases on servers that were given by address. */
  databaseSuffix?: string;
  /** How a person starts with another offset. */
  wayOut?: (offset: number) => string;
}

/** Each group stops before the next: first those who take orders, at last those who keep the records. */
const STOP_ORDER = [
  ['client-app'],
  ['ticket-app'],
  ['payment-app'],
  ['ticketing-worker'],
  ['organizer-x', 'organizer-y'],
  ['temporal'],
];

const ENGINE_PORTS: readonly PortName[] = [
  'temporal',
  'temporal-ui',
  'mongodb-client',
  'mongodb-ticket',
  'mongodb-payment',
  'mongodb-organizers',
];

/** A whole Kursi on this machine: engines, services, and the folder that holds their data. Who makes one stops it. */
export class System {
  readonly dir: string;
  readonly ports: Ports;
  urls: Urls;
  /** The whole environment that the processes got; complete once the engines have started. */
  env: Record<string, string>;
  readonly #options: SystemOptions;
  readonly #databases: DatabasePlan;
  readonly #state: StateFile;
  readonly #supervisor: Supervisor;
  #stopped: Promise<void> | undefined;

  /** @throws SetupError when a system runs in the folder already. */
  constructor(options: SystemOptions) {
    this.#options = options;
    this.dir = path.resolve(options.dir);
    this.ports = portsAt(options.portOffset);
    this.urls = urlsAt(this.ports);
    this.env = { ...inheritedEnvironment(process.env), ...options.env };
    this.#databases = planDatabases(this.env, this.ports, options.databaseSuffix);
    this.#state = takeDirectory(this.dir, options.portOffset, options.say);
    this.#supervisor = new Supervisor({
      logDirectory: path.join(this.dir, 'logs'),
      say: options.say,
      restart: options.restart ?? false,
      onChange: (processes) => this.#state.update({ processes }),
    });
  }

  /** The addresses of all databases. */
  get databases(): DatabasePlan {
    return this.#databases;
  }

  get processes(): string[] {
    return this.#supervisor.names;
  }

  /** MongoDB and Temporal. @throws SetupError that names what stands in the way and the way out. */
  async startEngines(): Promise<void> {
    await this.#checkPorts();
    const { say } = this.#options;
    const context = { dir: this.dir, ports: this.ports, env: this.env, say, supervisor: this.#supervisor };
    const [temporal] = await Promise.all([
      startTemporal(context, this.#options.temporalSettings),
      startMongodb(this.#databases, context),
    ]);
    this.#completeEnvironment(temporal);
  }

  /** Migrates and seeds the databases, then starts every service and waits until all are ready. */
  async startServices(): Promise<void> {
    const { say } = this.#options;
    await prepareDatabases(this.#databases, { seed: this.#options.seed ?? true, say });
    const specs = SERVICES.map((service) => serviceSpec(service, this.ports, this.env, this.#options.built));
    const start = () => Promise.all(specs.map((spec) => this.#supervisor.start(spec)));
    await withProgress(say, 'Starting the services', start);
    this.#state.update({ urls: { ...this.urls } });
  }

  /** Sends a signal, SIGKILL if not said otherwise, and waits for the end if the signal ends it. */
  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#supervisor.kill(name, signal);
  }

  /** Starts a process again, with its own environment and `env`, and waits until it is ready. */
  async restart(name: string, env: Record<string, string> = {}): Promise<void> {
    await this.#supervisor.restart(name, env);
  }

  pid(name: string): number {
    return this.#supervisor.pid(name);
  }

  /** Stops everything in order, also what is just starting. Resolves when no process is left. */
  stop(): Promise<void> {
    this.#stopped ??= this.#supervisor.stop(STOP_ORDER).then(() => this.#state.release());
    return this.#stopped;
  }

  /** Kills everything at once. */
  kick(): void {
    this.#supervisor.killAll();
    this.#state.release();
  }

  async #checkPorts(): Promise<void> {
    const given = this.env.TEMPORAL_ADDRESS ? ['temporal', 'temporal-ui'] : [];
    const engines = ENGINE_PORTS.filter(
      (name) =>
        !given.includes(name) &&
        (name.startsWith('temporal') || this.#databases.engines.some((engine) => engine === name)),
    );
    await checkPortsAreFree({
      offset: this.#options.portOffset,
      names: [...SERVICES.map(({ name }) => name), ...engines],
      wayOut: this.#options.wayOut ?? ((offset) => `KURSI_PORT_OFFSET=${offset} npm start`),
    });
  }

  #completeEnvironment(temporal: TemporalPlace): void {
    const own = processEnvironment(this.ports, this.#databases, temporal, loadSecrets(this.dir));
    this.env = { ...inheritedEnvironment(process.env), ...own, ...this.#options.env };
    if (temporal.ui !== undefined) this.urls = { ...this.urls, temporalUi: temporal.ui };
    this.#state.update({ urls: { ...this.urls } });
  }
}
