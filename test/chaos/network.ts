import { withDatabase } from '../../scripts/system/databases.ts';
import type { Urls } from '../../scripts/system/environment.ts';
import type { RemoteSystem } from '../../scripts/testing/remote-system.ts';
import type { Count } from './counts.ts';
import { Link } from './link.ts';
import { WebhookLink } from './webhook-link.ts';

/** A way from one process to another: the variable by which the first one finds the second. */
interface Way {
  from: string;
  to: string;
  variable: string;
}

const ways: readonly Way[] = [
  { from: 'client-app', to: 'ticket-app', variable: 'TICKET_APP_URL' },
  { from: 'client-app', to: 'mongodb-client', variable: 'CLIENT_APP_MONGODB_URI' },
  { from: 'ticket-app', to: 'mongodb-ticket', variable: 'TICKET_APP_MONGODB_URI' },
  { from: 'ticket-app', to: 'temporal', variable: 'TEMPORAL_ADDRESS' },
  { from: 'ticket-app', to: 'payment-app', variable: 'PAYMENT_APP_URL' },
  { from: 'ticketing-worker', to: 'mongodb-ticket', variable: 'TICKET_APP_MONGODB_URI' },
  { from: 'ticketing-worker', to: 'temporal', variable: 'TEMPORAL_ADDRESS' },
  { from: 'ticketing-worker', to: 'payment-app', variable: 'PAYMENT_APP_URL' },
  { from: 'ticketing-worker', to: 'organizer-x', variable: 'ORGANIZER_X_URL' },
  { from: 'ticketing-worker', to: 'organizer-y', variable: 'ORGANIZER_Y_URL' },
  { from: 'payment-app', to: 'mongodb-payment', variable: 'PAYMENT_APP_MONGODB_URI' },
  { from: 'organizer-x', to: 'mongodb-organizers', variable: 'ORGANIZER_X_MONGODB_URI' },
  { from: 'organizer-y', to: 'mongodb-organizers', variable: 'ORGANIZER_Y_MONGODB_URI' },
];
const webhookWays: readonly Way[] = [
  { from: 'payment-app', to: 'ticket-app', variable: 'WEBHOOK_URL' },
  { from: 'ticket-app', to: 'client-app', variable: 'CLIENT_APP_WEBHOOK_URL' },
  { from: 'ticketing-worker', to: 'client-app', variable: 'CLIENT_APP_WEBHOOK_URL' },
];
const doors = ['client-app', 'payment-app'] as const;
const nameOf = ({ from, to }: Pick<Way, 'from' | 'to'>): string => `${from} to ${to}`;

/** The links of a system, each of which can be struck. */
export class Network {
  readonly links = new Map<string, Link>();
  readonly webhookLinks = new Map<string, WebhookLink>();
  readonly #system: RemoteSystem;
  readonly #env = new Map<string, Record<string, string>>();
  /** Where buyers find their doors. */
  urls: Urls;

  private constructor(system: RemoteSystem) {
    this.#system = system;
    this.urls = system.urls;
  }

  /** Only what the system runs itself is led over links. */
  static async between(system: RemoteSystem, count: Count): Promise<Network> {
    const network = new Network(system);
    for (const way of ways.filter(({ to }) => system.processes.includes(to))) await network.#lead(way);
    for (const way of webhookWays) await network.#leadWebhooks(way, count);
    const [clientApp, paymentApp] = await Promise.all(doors.map((to) => network.#door(to)));
    network.urls = { ...system.urls, clientApp: at(clientApp), paymentApp: at(paymentApp) };
    return network;
  }

  /** What a process must be started with in order to use the links. */
  envOf(process: string): Record<string, string> {
    return this.#env.get(process) ?? {};
  }

  /** The services that use links. */
  get services(): string[] {
    return [...this.#env.keys()];
  }

  async close(): Promise<void> {
    await Promise.all([...this.links.values(), ...this.webhookLinks.values()].map((link) => link.close()));
  }

  #portOf(name: string): number {
    const port = this.#system.ports[name as keyof RemoteSystem['ports']];
    if (port === undefined) throw new Error(`no port of ${name} is known`);
    return port;
  }

  #set({ from, variable }: Way, value: string): void {
    this.#env.set(from, { ...this.#env.get(from), [variable]: value });
  }

  async #lead(way: Way): Promise<void> {
    const link = new Link({ host: '127.0.0.1', port: this.#portOf(way.to) });
    this.links.set(nameOf(way), link);
    this.#set(way, moved(this.#system.env[way.variable] ?? '', await link.listen()));
  }

  async #leadWebhooks(way: Way, count: Count): Promise<void> {
    const whole = new URL(this.#system.env[way.variable] ?? '');
    const link = new WebhookLink(whole.origin, count);
    this.webhookLinks.set(nameOf(way), link);
    this.#set(way, moved(whole.href, await link.listen()));
  }

  async #door(to: (typeof doors)[number]): Promise<number> {
    const link = new Link({ host: '127.0.0.1', port: this.#portOf(to) });
    this.links.set(nameOf({ from: 'buyers', to }), link);
    return link.listen();
  }
}

const at = (port: number | undefined): string => `http://127.0.0.1:${port}`;

/** The same address at another port of this machine. */
function moved(address: string, port: number): string {
  const host = `127.0.0.1:${port}`;
  const mongo = /^mongodb:\/\/[^/]+\/([^?]*)/.exec(address);
  if (mongo) return withDatabase(`mongodb://${host}/?directConnection=true`, mongo[1] ?? '');
  if (!address.includes('://')) return host;
  const url = new URL(address);
  url.host = host;
  return url.href.replace(/\/$/, '');
}
