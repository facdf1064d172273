// npm run bench [-- MEASURE…] [--rounds N] [--seconds N] [--seed S] [--json] [--out file]: what a booking costs, on a system
// of its own. Times are this machine's; the ratios say something. docs/benchmarks.md tells what is measured, and the goals.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { machineFacts } from '../bench/machine.ts';
import type { Measure } from '../bench/measure.ts';
import { book } from '../bench/measures/book.ts';
import { closeDatabases } from '../test/e2e/stage.ts';
import { reasonOf, SetupError } from './system/setup-error.ts';
import type { System } from './system/system.ts';
import { ownSystem, ownSystemOptions, startOwnSystem } from './testing/own-system.ts';

const MEASURES: readonly Measure[] = [book];

const values = readArguments();
const say = (line: string) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
let system: System | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void finish(1, 'Interrupted.'));
process.on('disconnect', () => void finish(1, 'Interrupted.'));
process.channel?.unref();

try {
  const report = await measureAll();
  if (values.out) writeFileSync(values.out, `${JSON.stringify(report, null, 2)}\n`);
  await system?.stop();
  if (values.json) console.log(JSON.stringify(report));
  await finish(0);
} catch (error) {
  await finish(1, error instanceof SetupError ? error.message : reasonOf(error));
}

function readArguments() {
  try {
    const { values: given, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        ...ownSystemOptions,
        rounds: { type: 'string', default: '3' },
        seconds: { type: 'string', default: '20' },
        seed: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        out: { type: 'string' },
      },
    });
    const numbers = { rounds: Number(given.rounds), seconds: Number(given.seconds), seed: Number(given.seed) };
    if (!Object.values(numbers).every((n) => Number.isSafeInteger(n) && n > 0))
      throw new Error('--rounds, --seconds and --seed are whole numbers from 1 on.');
    const unknown = positionals.find((name) => !MEASURES.some((measure) => measure.name === name));
    const names = MEASURES.map(({ name, what }) => `  ${name.padEnd(9)} ${what}`).join('\n');
    if (unknown !== undefined) throw new Error(`There is no measure "${unknown}". There are:\n${names}`);
    return { ...given, ...numbers, only: positionals };
  } catch (error) {
    console.error(reasonOf(error));
    process.exit(2);
  }
}

async function measureAll(): Promise<object> {
  const machine = machineFacts();
  const wanted = MEASURES.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
  const running = await start();
  const measures: Record<string, object> = {};
  for (const measure of wanted) {
    say(`${measure.name}: ${measure.what} …`);
    const { rounds, seconds, seed } = values;
    measures[measure.name] = await measure.run({ system: running, rounds, seconds, seed, say });
    say(JSON.stringify(measures[measure.name], null, 2));
  }
  await closeDatabases();
  return { at: new Date().toISOString(), machine, rounds: values.rounds, seconds: values.seconds, measures };
}

/** As in production, but for the dice, the limits of one address, and payment methods that force an outcome. */
async function start(): Promise<System> {
  const own = await ownSystem({
    dir: values.dir,
    'port-offset': values['port-offset'],
    name: 'bench',
    say,
    fromBuild: true,
    env: {
      LOG_LEVEL: 'info',
      ORGANIZER_FAILURE_RATE: '0',
      PAYMENT_DECLINE_RATE: '0',
      // Everybody comes from one address here.
      REQUESTS_PER_ADDRESS: '0',
      // A full machine is what is measured, not to be taken for a rush.
      SLOW_CALL_MS: '600000',
    },
  });
  system = own;
  await startOwnSystem(own);
  return own;
}

async function finish(code: number, reason?: string): Promise<never> {
  if (reason !== undefined) say(reason);
  await system?.stop().catch((error: unknown) => say(reasonOf(error)));
  process.exit(code);
}
