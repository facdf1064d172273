import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import newman, { type NewmanRunSummary } from 'newman';
import { system } from '../engines.ts';

interface Item {
  name: string;
  item?: Item[];
  event?: Array<{ listen: string; script: { exec: string[] } }>;
  request?: { method: string; url: { host: string[]; path: string[] } };
}

const read = (file: string) => JSON.parse(readFileSync(`postman/${file}`, 'utf8'));
const collection = read('kursi.postman_collection.json') as { item: Item[] };
const environment = read('kursi.postman_environment.json') as { values: Array<{ key: string; value: string }> };

const requestsIn = (items: Item[]): Item[] => items.flatMap((item) => (item.item ? requestsIn(item.item) : [item]));
const requests = requestsIn(collection.item);

const services = { clientApp: 'client-app', ticketApp: 'ticket-app', paymentApp: 'payment-app' } as const;

/** `METHOD base/path` of each route in the code; ids are written as `*`. */
function routesOf(base: keyof typeof services): string[] {
  const folder = `services/${services[base]}/routes`;
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const sources = [...files.map((file) => path.join(folder, file)), 'lib/http/health.ts'];
  return sources.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/router\.(get|post|put|patch|delete)\(\s*'([^']+)'/g)].map(
      ([, method = '', route = '']) => `${method.toUpperCase()} ${base}${route.replace(/:\w+/g, '*')}`,
    ),
  );
}

/** The same of a request. Only variables and the made-up ids of refusals stand for an id. */
function routeOf({ request }: Item, known: Set<string>): string {
  const base = request?.url.host[0]?.replace(/[{}]/g, '');
  const segments = request?.url.path.map((part) => part.replace(/^\{\{.*\}\}$/, '*')) ?? [];
  const literal = `${request?.method} ${base}/${segments.join('/')}`;
  if (known.has(literal)) return literal;
  const matching = [...known].find((route) => {
    const wanted = route.split('/');
    return (
      wanted.length === segments.length + 1 && wanted.every((part, i) => part === '*' || part === literal.split('/')[i])
    );
  });
  return matching ?? literal;
}

/** What the collection needs to know of the system under test. */
function values(): Record<string, string> {
  const { urls, env } = system();
  const first = (list: string | undefined) => list?.split(',')[0] ?? '';
  return {
    clientApp: urls.clientApp,
    ticketApp: urls.ticketApp,
    paymentApp: urls.paymentApp,
    ticketAppServiceSecret: first(env.TICKET_APP_SERVICE_SECRETS),
    paymentAppServiceSecret: first(env.PAYMENT_APP_SERVICE_SECRETS),
    paymentWebhookSecret: first(env.PAYMENT_WEBHOOK_SECRETS),
    ticketingWebhookSecret: first(env.TICKETING_WEBHOOK_SECRETS),
  };
}

function run(): Promise<NewmanRunSummary> {
  const known = values();
  const given = environment.values.map((entry) => ({ ...entry, value: known[entry.key] ?? entry.value }));
  const options = { collection: structuredClone(collection), environment: { ...environment, values: given } };
  return new Promise((resolve, reject) => {
    newman.run({ ...options, reporters: [], timeoutRequest: 20_000 }, (error, summary) =>
      error ? reject(error) : resolve(summary),
    );
  });
}

describe('the Postman collection (R3)', () => {
  it('has every endpoint of the three services, and no other', () => {
    const routes = (Object.keys(services) as Array<keyof typeof services>).flatMap(routesOf);
    expect(routes).to.include.members(['POST clientApp/bookings', 'POST ticketApp/events/*/publish']);
    const known = new Set(routes);
    const covered = new Set(requests.map((item) => routeOf(item, known)));
    covered.delete('GET clientApp/no/such/route');
    expect([...covered].sort()).to.deep.equal([...known].sort());
  });

  it('checks the status and the body of each answer, under a name of its own', () => {
    const names = requests.map(({ name }) => name);
    expect(names).to.have.length(new Set(names).size);
    for (const { name, event = [] } of requests) {
      const script = event.find(({ listen }) => listen === 'test')?.script.exec.join('\n') ?? '';
      expect(script, name).to.include('to.have.status(');
      expect(script.match(/pm\.test\(/g), name).to.have.length(2);
    }
  });

  it('passes twice against one system', async function () {
    this.timeout(240_000);
    for (const round of ['first', 'second']) {
      const { run: outcome } = await run();
      const failures = outcome.failures.map(
        ({ source, error }) => `${source?.name}: ${error.test ?? ''} ${error.message}`,
      );
      expect(failures, round).to.deep.equal([]);
      const done = new Set(outcome.executions.map(({ item }) => item.name));
      expect(
        requests.filter(({ name }) => !done.has(name)),
        round,
      ).to.deep.equal([]);
    }
  });
});
