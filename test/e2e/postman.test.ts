import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { system } from '../engines.ts';
import type { ApiDocument } from '../openapi.ts';
import {
  type DescribedOperation,
  describedOperations,
  type Item,
  operationOf,
  readCollection,
  requestsIn,
  runCollection,
  valuesOfSystem,
} from '../support/postman.ts';
import { recordExamples } from '../support/postman-examples.ts';
import { codeOf, confirmed } from './cancellation-stage.ts';
import { closeDatabases } from './databases.ts';
import { anEvent, person } from './stage.ts';

const collection = readCollection();
const requests = requestsIn(collection.item);

/** A stream has no end, and newman waits for it: people run these in Postman, with `listen` set to `yes`. */
const streams = ['Listen to changes of seats', 'Listen to changes of seats at ticket-app'];
/** Asks for what does not exist. */
const nowhere = 'Ask for a route that does not exist';

const testOf = ({ event = [] }: Item) => event.find(({ listen }) => listen === 'test')?.script.exec.join('\n') ?? '';
const statusWanted = (item: Item) => Number(/to\.have\.status\((\d+)\)/.exec(testOf(item))?.[1]);

const byName = <T>(part: T): T =>
  JSON.parse(JSON.stringify(part).replaceAll('#/components/schemas/', 'urn:kursi:schema:')) as T;
const checkers = new Map<ApiDocument, Ajv2020>();

/** Knows the schemas that the document names: each is compiled once, however many answers refer to it. */
function checkerOf(document: ApiDocument): Ajv2020 {
  const known = checkers.get(document);
  if (known) return known;
  const ajv = addFormats.default(new Ajv2020({ strict: false }));
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    ajv.addSchema(byName(schema), `urn:kursi:schema:${name}`);
  }
  checkers.set(document, ajv);
  return ajv;
}

/** Why the saved answer is not one that the operation describes. */
function faultOfExample(item: Item, { document, responses }: DescribedOperation): string | undefined {
  const [example] = item.response ?? [];
  if (!example) return 'has none';
  const described = responses[example.code];
  if (!described) return `${example.code} is not described`;
  const type = example.header.find(({ key }) => key.toLowerCase() === 'content-type')?.value.split(';')[0] ?? '';
  const content = described.content?.[type] ?? described.content?.['*/*'];
  if (!content) return described.content || example.body ? `${type} is not described` : undefined;
  if (!type.includes('json') || !content.schema) return undefined;
  const ajv = checkerOf(document);
  const fits = ajv.compile(byName(content.schema));
  return fits(JSON.parse(example.body)) ? undefined : ajv.errorsText(fits.errors);
}

describe('the Postman collection (R3)', () => {
  let operations: DescribedOperation[];
  before(async () => {
    operations = await describedOperations();
  });
  after(closeDatabases);

  it('has every operation of the five services, and no other', () => {
    const names = operations.map(({ name }) => name);
    expect(names).to.include.members(['clientApp POST /bookings', 'ticketApp POST /events/{eventId}/publish']);
    const requested = requests
      .filter(({ name }) => name !== nowhere)
      .map((item) => operationOf(item, operations)?.name ?? `unknown: ${item.name}`);
    expect([...new Set(requested)].sort()).to.deep.equal([...names].sort());
  });

  it('shows of every operation how it succeeds', () => {
    const succeeding = new Set(
      requests.filter((item) => statusWanted(item) < 400).map((item) => operationOf(item, operations)?.name),
    );
    expect(operations.map(({ name }) => name).filter((name) => !succeeding.has(name))).to.deep.equal([]);
  });

  it('checks the status and the body of each answer, under a name of its own', () => {
    const names = requests.map(({ name }) => name);
    expect(names).to.have.length(new Set(names).size);
    for (const item of requests) {
      const script = testOf(item);
      expect(script, item.name).to.include('to.have.status(');
      expect(script.match(/pm\.test\(/g), item.name).to.have.length(2);
    }
  });

  async function runWithTicket() {
    const booking = await confirmed(await person(), await anEvent());
    return runCollection(collection, { ...valuesOfSystem(), ticketToken: await codeOf(booking) });
  }

  it('passes for two who run it at once against one system, with a ticket to scan', async function () {
    this.timeout(600_000);
    for (const [round, { run }] of (await Promise.all([runWithTicket(), runWithTicket()])).entries()) {
      const failures = run.failures.map(({ source, error }) => `${source?.name}: ${error.test ?? ''} ${error.message}`);
      expect(failures, `run ${round + 1}`).to.deep.equal([]);
      const done = new Set(run.executions.map(({ item }) => item.name));
      const left = requests.map(({ name }) => name).filter((name) => !done.has(name));
      expect(left, `run ${round + 1}`).to.deep.equal(streams);
      if (round === 0 && process.env.KURSI_RECORD_EXAMPLES === '1') {
        recordExamples(collection, run, addressesOfStart());
      }
    }
  });

  it('has an example of each answer that its service describes', function () {
    this.timeout(60_000);
    const faults = requests.flatMap((item) => {
      const operation = operationOf(item, operations);
      const fault = operation && faultOfExample(item, operation);
      const status = item.response?.[0]?.code;
      if (fault) return [`${item.name}: ${fault}`];
      return status === statusWanted(item) ? [] : [`${item.name}: is ${status}, not ${statusWanted(item)}`];
    });
    expect(faults).to.deep.equal([]);
  });
});

/** Examples show the addresses of `npm start`. */
function addressesOfStart(): Record<string, string> {
  const { clientApp, ticketApp, paymentApp, organizerX, organizerY } = system().urls;
  const ports = { [clientApp]: 3001, [ticketApp]: 3002, [paymentApp]: 3003, [organizerX]: 3011, [organizerY]: 3012 };
  return Object.fromEntries(Object.entries(ports).map(([url, port]) => [url, `http://127.0.0.1:${port}`]));
}
