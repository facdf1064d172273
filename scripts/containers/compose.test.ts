import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { type TObject, Type } from 'typebox';
import { parse } from 'yaml';
import { Environment as ClientApp } from '../../services/client-app/config.ts';
import { OfX, OfY } from '../../services/organizer-systems/config.ts';
import { Environment as PaymentApp } from '../../services/payment-app/config.ts';
import { Environment as TicketApp } from '../../services/ticket-app/config.ts';
import { temporalEnvironment } from '../../temporal/connection.ts';
import { Environment as Worker } from '../../temporal/workers/config.ts';
import { Environment as Kursi } from '../kursi/settings.ts';
import { makeSecretFiles } from '../secrets/secret-files.ts';
import { DATABASES } from '../system/databases.ts';
import { SERVICES } from '../system/services.ts';
import { type ComposeService, readCompose, withDefaults } from './compose.ts';
import { readDockerfile } from './dockerfile.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const compose = readCompose(root);
const stages = readDockerfile(root);
const services = Object.entries(compose.services);

/** What each process of ours reads, by its name in the compose file. */
const schemas: Record<string, TObject> = {
  'client-app': ClientApp,
  'ticket-app': TicketApp,
  'payment-app': PaymentApp,
  'organizer-x': OfX,
  'organizer-y': OfY,
  'ticketing-worker': Worker,
  kursi: Kursi,
  'temporal-setup': Type.Object(temporalEnvironment),
  ...Object.fromEntries(
    Object.entries(DATABASES).map(([name, { variable }]) => [
      `migrate-${name}`,
      Type.Object({ [variable]: Type.String() }),
    ]),
  ),
};
/** The variable that says where a process listens. */
const portVariables: Record<string, string> = {
  'client-app': 'CLIENT_APP_PORT',
  'ticket-app': 'TICKET_APP_PORT',
  'payment-app': 'PAYMENT_APP_PORT',
  'organizer-x': 'ORGANIZER_X_PORT',
  'organizer-y': 'ORGANIZER_Y_PORT',
  'ticketing-worker': 'WORKER_METRICS_PORT',
};

const serviceNamed = (name: string): ComposeService => {
  const service = compose.services[name];
  if (service === undefined) throw new Error(`There is no service ${name}.`);
  return service;
};
const dependsOn = (service: ComposeService) => Object.entries(service.depends_on ?? {});
/** Those that have no default. */
const requiredOf = ({ required, properties }: TObject): string[] =>
  (required ?? []).filter((name) => (properties[name] as { default?: unknown }).default === undefined);
const variableOf = (name: string) => name.replace(/_FILE$/, '');

/** Whether a container of `service` ends by itself when its work is done. */
const isOnce = (service: ComposeService) =>
  service.build?.target === 'tools' || service.command?.includes('/kursi/make-schema.sh') === true;

describe('docker-compose.yml', () => {
  it('is what the Compose specification allows', () => {
    const lint = path.dirname(createRequire(import.meta.url).resolve('dclint/package.json'));
    const schema = JSON.parse(readFileSync(path.join(lint, 'schemas', 'compose.schema.json'), 'utf8')) as {
      $schema?: string;
    };
    // Ajv knows the draft by another spelling of its address.
    delete schema.$schema;
    const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, validateFormats: false });
    const isValid = ajv.compile(schema);
    expect(isValid(compose), JSON.stringify(isValid.errors, null, 2)).to.equal(true);
    const wrong = { ...compose, services: { ...compose.services, planted: { image: 'x', depend_on: [] } } };
    expect(isValid(wrong)).to.equal(false);
  });

  it('has every process, each built from the stage of its name, and no other', () => {
    const built = services.filter(([, { build }]) => build?.target !== undefined && build.target !== 'tools');
    expect(built.map(([name]) => name).toSorted()).to.deep.equal(SERVICES.map(({ name }) => name as string).toSorted());
    for (const [name, { build }] of built) expect(build?.target).to.equal(name);
    for (const [name, { build }] of services) if (build) expect(stages, name).to.have.property(build.target);
    expect(Object.keys(schemas).toSorted()).to.deep.equal(
      services
        .filter(([, { build }]) => build)
        .map(([name]) => name)
        .toSorted(),
    );
  });

  for (const [name, schema] of Object.entries(schemas)) {
    it(`gives ${name} every variable it needs, and none that it does not read`, () => {
      const given = Object.keys(serviceNamed(name).environment ?? {}).map(variableOf);
      expect(new Set(given).size, 'each in one way').to.equal(given.length);
      expect(Object.keys(schema.properties)).to.include.members(given);
      expect(given).to.include.members(requiredOf(schema));
    });
  }

  it('gives each its own secrets, by file only, and those that it is given are used', () => {
    for (const [name, service] of services) {
      const used = Object.entries(service.environment ?? {}).flatMap(([variable, value]) => {
        const files = [...value.matchAll(/\/run\/secrets\/(\S+)/g)].map(([, file = '']) => file);
        const isSecret = /SECRET|PRIVATE_KEY|API_KEY|PASSWORD|PWD|MONGODB_URI/.test(variable);
        if (isSecret) expect(files, `${variable} of ${name}`).not.to.deep.equal([]);
        return files;
      });
      expect(used.toSorted(), name).to.deep.equal((service.secrets ?? []).toSorted());
    }
  });

  it('names secrets that `npm run secrets` makes, all of them, in a folder that is kept out of git and of images', () => {
    const dir = mkdtempSync(path.join(os.tmpdir(), 'kursi-compose-'));
    try {
      const made = makeSecretFiles(dir);
      expect(Object.keys(compose.secrets).toSorted()).to.deep.equal(made.toSorted());
    } finally {
      rmSync(dir, { recursive: true });
    }
    for (const [name, { file }] of Object.entries(compose.secrets)) expect(file).to.equal(`./secrets/${name}`);
    expect(readFileSync(path.join(root, '.gitignore'), 'utf8').split('\n')).to.include('/secrets/');
    const sent = readFileSync(path.join(root, '.dockerignore'), 'utf8').split('\n');
    expect(sent).to.include('*');
    expect(sent.filter((line) => /^!.*(secret|kursi|git)/.test(line))).to.deep.equal([]);
  });

  it('has the ports that the processes listen on, and shows them to this host only', () => {
    for (const [name, variable] of Object.entries(portVariables)) {
      const { default: port } = (schemas[name]?.properties[variable] ?? {}) as { default?: number };
      const stage = stages[name];
      expect(stage?.port, name).to.equal(String(port));
      expect(stage?.healthCommand?.at(-1), name).to.equal(String(port));
      for (const published of compose.services[name]?.ports ?? []) {
        expect(published).to.equal(`127.0.0.1:${port}:${port}`);
      }
    }
    for (const [, { ports = [] }] of services) for (const port of ports) expect(port).to.match(/^127\.0\.0\.1:/);
  });

  it('names hosts that are services on a network they share, at the ports these listen on', () => {
    const addresses = services.flatMap(([name, { environment = {} }]) =>
      Object.values(environment)
        .map((value) => /^(?:http:\/\/)?([a-z-]+):(\d+)(?:\/|$)/.exec(withDefaults(value)))
        .flatMap((match) => (match ? [{ name, host: match[1] ?? '', port: match[2] ?? '' }] : [])),
    );
    expect(addresses).to.have.length.above(10);
    for (const { name, host, port } of addresses) {
      const target = serviceNamed(host);
      if (target.build) expect(stages[target.build.target]?.port, host).to.equal(port);
      const shared = (target.networks ?? []).filter((network) => serviceNamed(name).networks?.includes(network));
      expect(shared, `${name} and ${host}`).not.to.deep.equal([]);
    }
  });

  it('keeps each database to its own service and migrator', () => {
    for (const network of ['client-data', 'ticket-data', 'payment-data', 'organizer-data', 'temporal-data']) {
      const members = services.filter(([, { networks }]) => networks?.includes(network)).map(([name]) => name);
      const allowed = new RegExp(`mongodb-|migrate-|temporal|${network.replace('-data', '')}`);
      expect(members.filter((name) => !allowed.test(name))).to.deep.equal([]);
      expect(members, network).to.have.length.above(1);
    }
  });

  it('starts each when what it needs is ready, not merely started, and in no circle', () => {
    for (const [name, service] of services) {
      for (const [needed, { condition }] of dependsOn(service)) {
        const target = serviceNamed(needed);
        const wanted = isOnce(target) ? 'service_completed_successfully' : 'service_healthy';
        expect(condition, `${name} needs ${needed}`).to.equal(wanted);
        const isChecked = target.healthcheck ?? (target.build && stages[target.build.target]?.healthCommand);
        if (!isOnce(target)) expect(isChecked, `health of ${needed}`).not.to.equal(undefined);
      }
    }
    const visit = (name: string, above: string[]): void => {
      expect(above, `${above.join(' needs ')} needs ${name}`).not.to.include(name);
      for (const [needed] of dependsOn(serviceNamed(name))) visit(needed, [...above, name]);
    };
    for (const [name] of services) visit(name, []);
  });

  it('migrates each database before its service starts', () => {
    for (const name of Object.keys(DATABASES)) {
      expect(dependsOn(serviceNamed(name)).map(([needed]) => needed)).to.include(`migrate-${name}`);
      expect(serviceNamed(`migrate-${name}`).command?.slice(-2)).to.deep.equal(['migrate', name]);
    }
  });

  it('mounts files and volumes that exist, and loads no sample data', () => {
    for (const [name, { volumes = [], entrypoint = [], command = [] }] of services) {
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('./')) expect(existsSync(path.join(root, source)), source).to.equal(true);
        else expect(compose.volumes).to.have.property(source);
      }
      const built = [...entrypoint, ...command].filter((word) => word.startsWith('dist/'));
      for (const file of built) {
        const source = path.join(root, file.replace(/^dist\//, '').replace(/\.js$/, '.ts'));
        expect(existsSync(source), `${file} of ${name}`).to.equal(true);
      }
      const scripts = command.filter((word) => word.startsWith('/kursi/'));
      for (const script of scripts)
        expect(
          volumes.map((volume) => volume.split(':')[1]),
          name,
        ).to.include(script);
      expect(command, name).not.to.include('seed');
    }
  });

  it('runs the Temporal server that development and the tests run, with fairness', () => {
    const pinned = readFileSync(path.join(root, 'temporal/dev-server/go.mod'), 'utf8');
    const tagOf = (name: string) => withDefaults(serviceNamed(name).image ?? '').split(':')[1];
    expect(pinned).to.match(new RegExp(`go\\.temporal\\.io/server v${tagOf('temporal')}\\b`));
    expect(pinned).to.match(new RegExp(`github\\.com/temporalio/ui-server/v2 v${tagOf('temporal-ui')}\\b`));
    expect(tagOf('temporal-schema')).to.equal(tagOf('temporal'));
    const settings = parse(readFileSync(path.join(root, 'deploy/temporal/dynamic-config.yaml'), 'utf8')) as Record<
      string,
      { value: unknown }[]
    >;
    expect(settings['matching.enableFairness']).to.deep.equal([{ value: true }]);
    for (const [name, values] of Object.entries(settings)) expect(values, name).to.have.length(1);
  });
});
