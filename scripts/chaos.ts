// npm run chaos [-- --seconds N] [--seed S] [--json] [--report FILE]: buyers come for so many seconds while a nemesis kills,
// stops and cuts off whatever it likes; then everything heals, and the audit and a history checker judge. Exits with 1 when
// something was promised and is not so, and keeps what is needed to see why.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type ChaosReport, chaos } from '../test/chaos/chaos.ts';
import { markdownOf, wordingOf } from '../test/chaos/report.ts';
import { reasonOf, SetupError } from './system/setup-error.ts';
import { readRunningSystem } from './system/state-file.ts';
import type { System } from './system/system.ts';
import { checkOwnFolder } from './testing/own-folder.ts';
import { ownSystem, ownSystemOptions, startOwnSystem } from './testing/own-system.ts';

const values = readArguments();
const say = (line: string) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const interrupted = new AbortController();
let system: System | undefined;
let finishing = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
// bootstrap.mjs has ended, however it ended.
process.on('disconnect', interrupt);
process.channel?.unref();

try {
  finish(await run());
} catch (error) {
  say(
    error instanceof SetupError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error),
  );
  if (values.json) console.log(JSON.stringify({ ok: false, seed: values.seed, error: reasonOf(error) }));
  await system?.stop();
  process.exit(1);
}

function readArguments() {
  try {
    const { values: given } = parseArgs({
      options: {
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
        json: { type: 'boolean', default: false },
        /** A file for the report, as Markdown. */
        report: { type: 'string' },
        /** A regular expression: only faults that match, as in `kill ticket-app`. */
        focus: { type: 'string', default: '.' },
        /** Seconds that everything may take to come to rest. */
        rest: { type: 'string', default: '150' },
        /** The folder of a build to run the services from. */
        built: { type: 'string' },
        ...ownSystemOptions,
        dir: { type: 'string', default: process.env.KURSI_TEST_DIR || '.kursi-chaos' },
      },
    });
    const numbers = { seconds: Number(given.seconds), seed: Number(given.seed), rest: Number(given.rest) };
    if (!Object.values(numbers).every((n) => Number.isSafeInteger(n) && n > 0))
      throw new Error('--seconds, --seed and --rest are whole numbers from 1 on.');
    checkOwnFolder(given.dir);
    return { ...given, ...numbers, focus: new RegExp(given.focus) };
  } catch (error) {
    console.error(reasonOf(error));
    process.exit(2);
  }
}

/** The first time: heals, judges what has happened until then, and tells. Again: ends at once. */
function interrupt(): void {
  if (interrupted.signal.aborted || finishing) return;
  if (system === undefined) process.exit(1);
  say('Interrupted: healing, and judging what has happened until now. Everything stops after that.');
  interrupted.abort();
}

async function run(): Promise<ChaosReport> {
  const { dir, 'port-offset': portOffset, built, seed, seconds, focus, rest } = values;
  system = await ownSystem({
    name: 'chaos',
    dir,
    'port-offset': portOffset,
    say,
    built,
    fromBuild: true,
    env: {
      LOG_LEVEL: 'info',
      // All who buy come from one address.
      REQUESTS_PER_ADDRESS: '0',
    },
    wayOut: (offset) => `npm run chaos -- --port-offset ${offset}`,
  });
  const remote = await startOwnSystem(system);
  return chaos(remote, { seed, seconds, focus, restMs: rest * 1_000, say, signal: interrupted.signal });
}

async function finish(report: ChaosReport): Promise<never> {
  finishing = true;
  for (const line of wordingOf(report)) say(line);
  if (values.report) writeFileSync(values.report, markdownOf(report));
  const portOffset = readRunningSystem(values.dir)?.portOffset ?? 0;
  await system?.stop();
  if (!report.ok) {
    const { source } = values.focus;
    const focused = source === '.' ? '' : ` --focus '${source}'`;
    say(`To play it again: npm run chaos -- --seed ${report.seed} --seconds ${report.seconds}${focused}`);
    say(`What it left is in ${values.dir}: databases, logs/, chaos/requests.txt, chaos/history.json. To look at it:`);
    say(`  npm run audit -- --dir ${path.relative(process.cwd(), values.dir) || '.'} --port-offset ${portOffset}`);
  }
  const { recoveries: _, ...told } = report;
  if (values.json) console.log(JSON.stringify(told));
  process.exit(report.ok ? 0 : 1);
}
