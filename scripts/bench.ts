// npm run bench [-- MEASURE…] [--quick] [--rounds N] [--seconds N] [--seed S] [--json] [--out file]: what a booking costs, on a
// system of its own. Times are this machine's; the ratios say something. docs/benchmarks.md tells what is measured, and the
// goals. npm run bench -- --draw file: the tables and pictures of that page, from the file that --out has written.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { machineFacts } from '../bench/machine.ts';
import { DEFAULT_SIZES, QUICK_SIZES, type Stage } from '../bench/measure.ts';
import { measurePeer } from '../bench/measures/peer.ts';
import { MEASURES, measureNamed } from '../bench/measures.ts';
import { memoryOfAll } from '../bench/processes.ts';
import { figuresOf } from '../bench/report/figures.ts';
import { drawPage } from '../bench/report/page.ts';
import type { MeasureName, Report } from '../bench/report/report.ts';
import { sectionsOf } from '../bench/report/sections.ts';
import { linesOf } from '../bench/report/wording.ts';
import { closeDatabases } from '../test/e2e/databases.ts';
import { reasonOf, SetupError } from './system/setup-error.ts';
import type { System } from './system/system.ts';
import { checkOwnFolder } from './testing/own-folder.ts';
import { ownSystem, ownSystemOptions, startOwnSystem } from './testing/own-system.ts';
import type { RemoteSystem } from './testing/remote-system.ts';

const values = readArguments();
const say = (line: string) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const startedAt = Date.now();
let system: System | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void finish(1, 'Interrupted.'));
process.on('disconnect', () => void finish(1, 'Interrupted.'));
process.channel?.unref();

try {
  if (values.draw === undefined) await measureAndTell();
  else for (const written of drawPage(JSON.parse(readFileSync(values.draw, 'utf8')) as Report)) say(`Wrote ${written}`);
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
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        seed: { type: 'string', default: '1' },
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        out: { type: 'string' },
        draw: { type: 'string' },
      },
    });
    const { rounds = given.quick ? '1' : '3', seconds = given.quick ? '5' : '15', seed } = given;
    const numbers = { rounds: Number(rounds), seconds: Number(seconds), seed: Number(seed) };
    if (!Object.values(numbers).every((n) => Number.isSafeInteger(n) && n > 0))
      throw new Error('--rounds, --seconds and --seed are whole numbers from 1 on.');
    const names = MEASURES.map(({ name, what }) => `  ${name.padEnd(9)} ${what}`).join('\n');
    const only = positionals.map((name) => {
      const measure = measureNamed(name);
      if (!measure) throw new Error(`There is no measure "${name}". There are:\n${names}`);
      return measure.name;
    });
    if (given.draw === undefined) checkOwnFolder(given.dir);
    return { ...given, ...numbers, only };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}

async function measureAll(): Promise<Report> {
  const { rounds, seconds, seed, only, quick } = values;
  const isWanted = (name: MeasureName) => only.length === 0 || only.includes(name);
  const sizes = quick ? QUICK_SIZES : DEFAULT_SIZES;
  const report: Report = {
    at: new Date().toISOString(),
    machine: machineFacts(),
    ...{ seed, rounds, seconds },
    memoryMb: { idle: {}, after: {} },
    measures: {},
  };
  if (isWanted('peer')) {
    announce('peer');
    report.measures.peer = await measurePeer({ rounds, sizes, say });
    show(report, 'peer');
  }
  // `book` measures the ceiling, too.
  const wanted = MEASURES.filter(({ name }) => isWanted(name) && !(name === 'bare' && isWanted('book')));
  if (wanted.every(({ name }) => name === 'peer')) return report;
  const running = await start();
  report.memoryMb.idle = await memoryOfAll(running);
  const stage: Stage = { system: running, rounds, seconds, seed, sizes, say };
  for (const { name, measure } of wanted) {
    if (!measure) continue;
    announce(name);
    Object.assign(report.measures, await measure(stage));
    report.memoryMb.after[name] = await memoryOfAll(running);
    show(report, name);
  }
  await closeDatabases();
  return report;
}

function announce(name: MeasureName): void {
  const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
  say(`\n${minutes} min: ${name}, ${measureNamed(name)?.what} …`);
}

function show({ measures }: Report, name: MeasureName): void {
  const section = sectionsOf(measures).find(({ measure }) => measure === name);
  if (section) say(linesOf(section).slice(1).join('\n'));
}

/** The JSON, if it was asked for, is the last that is printed. */
async function measureAndTell(): Promise<void> {
  const report = await measureAll();
  await system?.stop();
  const whole = { ...figuresOf(report.measures), ...report };
  if (values.out) writeFileSync(values.out, `${JSON.stringify(whole, null, 2)}\n`);
  const { model, processors, memoryGiB, system: name, node } = report.machine;
  say(`\nOn ${processors} × ${model}, ${memoryGiB} GiB, ${name}, Node ${node}:`);
  for (const section of sectionsOf(report.measures)) say(`\n${linesOf(section).join('\n')}`);
  if (values.json) console.log(JSON.stringify(whole));
}

/** As in production, but for the dice, the limits of one address or person, and payment methods that force an outcome. */
async function start(): Promise<RemoteSystem> {
  system = await ownSystem({
    dir: values.dir,
    'port-offset': values['port-offset'],
    name: 'bench',
    say,
    fromBuild: true,
    env: {
      LOG_LEVEL: 'info',
      ORGANIZER_FAILURE_RATE: '0',
      PAYMENT_DECLINE_RATE: '0',
      PAYMENT_REFUND_FAILURE_RATE: '0',
      // Everybody comes from one address here, and few play many.
      REQUESTS_PER_ADDRESS: '0',
      REQUESTS_PER_PERSON: '0',
      // A full machine is what is measured, not to be taken for a rush.
      SLOW_CALL_MS: '600000',
    },
  });
  return startOwnSystem(system);
}

async function finish(code: number, reason?: string): Promise<never> {
  if (reason !== undefined) say(reason);
  await system?.stop().catch((error: unknown) => say(reasonOf(error)));
  process.exit(code);
}
