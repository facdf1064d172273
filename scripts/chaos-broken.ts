// npm run chaos:broken [-- --only NAME]… [--runs N] [--seconds N] [--seed S] [--json]: breaks a copy of the code on purpose, one
// protective rule at a time, and plays chaos against it until it is caught; says in how many runs. Exits with 1 when one was
// not caught, or when the unbroken code (`nothing`) was.
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { edited, type Switch, switches } from '../test/chaos/broken.ts';
import { runCommand } from './system/commands.ts';
import { reasonOf } from './system/setup-error.ts';

const RUN_TIMEOUT_MS = 600_000;
const BUILD_TIMEOUT_MS = 180_000;
/** What a build reads. */
const COPIED = [
  ...['activities', 'lib', 'scripts', 'services', 'temporal', 'test', 'workflows'],
  ...['package.json', 'tsconfig.json', 'tsconfig.build.json'],
];
const SHOWN = 3;
/** What is broken often never comes to rest; what is not does so sooner. */
const REST_SECONDS = '60';

const root = fileURLToPath(new URL('..', import.meta.url));
const nothing: Switch = { name: 'nothing', what: 'nothing is switched off', edits: [], focus: '.', caughtBy: /./ };
const known = [nothing, ...switches];

const values = readArguments();
const say = (line: string) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);

interface Caught {
  name: string;
  what: string;
  caught: boolean;
  runs: number;
  /** What was found first. */
  by: string[];
}

const results: Caught[] = [];
for (const one of known.filter(({ name }) => values.only?.includes(name) ?? true)) {
  const result = await runUntilCaught(one);
  results.push(result);
  const { caught, runs, by } = result;
  say(
    `${one.name}: ${caught ? `caught in run ${runs}` : `not caught in ${runs} runs`}${by.map((line) => `\n    ${line}`).join('')}`,
  );
}
const ok = results.every(({ name, caught }) => caught === (name !== nothing.name));
say(ok ? 'Every broken rule was caught.' : 'Not everything was as it should be.');
if (values.json) console.log(JSON.stringify({ ok, results }));
process.exit(ok ? 0 : 1);

function readArguments() {
  try {
    const { values: given } = parseArgs({
      options: {
        only: { type: 'string', multiple: true },
        runs: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '40' },
        seed: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        dir: { type: 'string', default: '.kursi-chaos' },
      },
    });
    const unknown = given.only?.find((name) => !known.some((one) => one.name === name));
    if (unknown)
      throw new Error(`There is no switch ${unknown}; there are ${known.map(({ name }) => name).join(', ')}.`);
    const numbers = { runs: Number(given.runs), seed: Number(given.seed), seconds: Number(given.seconds) };
    if (!Object.values(numbers).every((n) => Number.isSafeInteger(n) && n > 0))
      throw new Error('--runs, --seconds and --seed are whole numbers from 1 on.');
    return { ...given, ...numbers };
  } catch (error) {
    console.error(reasonOf(error));
    process.exit(2);
  }
}

/** What is not broken is played once. */
async function runUntilCaught(one: Switch): Promise<Caught> {
  const copy = path.resolve(values.dir, 'broken', one.name);
  const built = await buildBroken(one, copy);
  const most = one === nothing ? 1 : values.runs;
  for (let run = 1; run <= most; run += 1) {
    const seed = values.seed + run - 1;
    say(`${one.name} (${one.what}), run ${run}, seed ${seed} …`);
    const violations = await play(one, built, seed).catch((error: unknown): string[] => {
      // What is broken may keep a run from its end; what is not must not.
      if (one === nothing) throw error;
      say(`  ${reasonOf(error)}`);
      return [];
    });
    if (violations.length > 0) return { ...tellOf(one), caught: true, runs: run, by: violations.slice(0, SHOWN) };
  }
  return { ...tellOf(one), caught: false, runs: most, by: [] };
}

function tellOf({ name, what }: Switch) {
  return { name, what };
}

/** Builds the services from a copy of the code in which the edits were made. Returns the folder of the build. */
async function buildBroken({ edits }: Switch, copy: string): Promise<string> {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const name of COPIED) cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'), 'dir');
  for (const edit of edits) {
    const file = path.join(copy, edit.file);
    writeFileSync(file, edited(readFileSync(file, 'utf8'), edit));
  }
  const args = ['--import=tsx', path.join(copy, 'scripts', 'build.ts')];
  const { code, output } = await runCommand(process.execPath, args, { cwd: copy, timeoutMs: BUILD_TIMEOUT_MS });
  if (code !== 0) throw new Error(`The broken copy could not be built:\n${output}`);
  return path.join(copy, 'dist');
}

/** One run of this tree's chaos against the services of a build. Returns what it found of what this switch breaks. */
async function play({ focus, caughtBy }: Switch, built: string, seed: number): Promise<string[]> {
  const dir = path.resolve(values.dir, 'broken', 'run');
  const run = ['--seconds', String(values.seconds), '--seed', String(seed), '--focus', focus, '--rest', REST_SECONDS];
  const where = ['--built', built, '--dir', dir, '--json'];
  const { output } = await runCommand(
    process.execPath,
    ['--import=tsx', path.join(root, 'scripts', 'chaos.ts'), ...run, ...where],
    { cwd: root, timeoutMs: RUN_TIMEOUT_MS },
  );
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  const told = JSON.parse(last) as { violations?: string[]; error?: string };
  if (told.violations === undefined) throw new Error(`The run did not come to its end: ${told.error ?? last}`);
  return told.violations.filter((violation) => caughtBy.test(violation));
}
