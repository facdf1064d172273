// npm run race -- [--seeds N] [--seed S] [--at-once N] [--kills] [--json]: worlds in which people race for a few seats,
// by the hundred, on a system of its own; each ends with the audit of all invariants. Exits with 1 if one does not hold,
// and says by which seed that world is played again.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { temporalClient } from '../temporal/connection.ts';
import { closeDatabases } from '../test/e2e/databases.ts';
import { type Counts, race } from '../test/race/race.ts';
import { theDatabases } from '../test/race/rest.ts';
import { reasonOf, SetupError } from './system/setup-error.ts';
import type { System } from './system/system.ts';
import { checkOwnFolder } from './testing/own-folder.ts';
import { ownSystem, ownSystemOptions, startOwnSystem } from './testing/own-system.ts';

/** Longer than sweeps and retries take; after kills much has to be found by them. */
const REST_MS = 90_000;
const REST_AFTER_KILLS_MS = 180_000;
const PROGRESS_EVERY = 10;
const KILLED = ['ticketing-worker', 'ticket-app'] as const;
/** Milliseconds between two kills, at least and at most. */
const BETWEEN_KILLS_MS = [2_000, 9_000] as const;

const values = readArguments();
const say = (line: string) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const totals: Counts = new Map();
const failures: Array<{ seed: number; error: string }> = [];
let racing = true;
let system: System | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void finish('Interrupted.'));
// bootstrap.mjs has ended, however it ended.
process.on('disconnect', () => void finish('Interrupted.'));
process.channel?.unref();

try {
  const running = await start();
  await Promise.all([
    playAll(running).finally(() => {
      racing = false;
    }),
    values.kills ? killNowAndThen(running) : undefined,
  ]);
  await finish();
} catch (error) {
  await finish(error instanceof SetupError ? error.message : reasonOf(error));
}

function readArguments() {
  try {
    const { values: given } = parseArgs({
      options: {
        seeds: { type: 'string', default: '100' },
        /** The first of them. */
        seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
        'at-once': { type: 'string', default: '8' },
        kills: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        ...ownSystemOptions,
      },
    });
    const numbers = { seeds: Number(given.seeds), seed: Number(given.seed), atOnce: Number(given['at-once']) };
    if (!Object.values(numbers).every((n) => Number.isSafeInteger(n) && n > 0))
      throw new Error('--seeds, --seed and --at-once are whole numbers from 1 on.');
    checkOwnFolder(given.dir);
    return { ...given, ...numbers };
  } catch (error) {
    console.error(reasonOf(error));
    process.exit(2);
  }
}

async function start(): Promise<System> {
  system = await ownSystem({
    name: 'race',
    dir: values.dir,
    'port-offset': values['port-offset'],
    say,
    env: {
      LOG_LEVEL: 'info',
      ORGANIZER_SEED: String(values.seed),
      PAYMENT_SEED: String(values.seed),
      // All who race come from one address.
      REQUESTS_PER_ADDRESS: '0',
      SLOW_CALL_MS: '600000',
    },
  });
  await startOwnSystem(system);
  return system;
}

async function playAll({ env }: System): Promise<void> {
  const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '' } = env;
  const temporal = temporalClient({ TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE });
  const databases = await theDatabases();
  const restMs = values.kills ? REST_AFTER_KILLS_MS : REST_MS;
  const { seed: first, seeds, atOnce } = values;
  say(`Playing ${seeds} worlds, seeds ${first} to ${first + seeds - 1}, ${atOnce} at once.`);
  const limit = pLimit(atOnce);
  let played = 0;
  const one = async (seed: number) => {
    try {
      for (const [name, count] of await race(seed, { databases, temporal, restMs, kills: values.kills }))
        add(name, count);
    } catch (error) {
      const whole = error instanceof Error ? error.message : String(error);
      failures.push({ seed, error: whole });
      say(`\nSeed ${seed}: ${whole}\n`);
    }
    played += 1;
    if (played % PROGRESS_EVERY === 0) say(`${played} of ${seeds} worlds, ${failures.length} failed; ${summary()}`);
  };
  await Promise.all(Array.from({ length: seeds }, (_, i) => limit(one, first + i)));
  await temporal.connection.close();
  await closeDatabases();
}

function add(name: string, count: number): void {
  totals.set(name, (totals.get(name) ?? 0) + count);
}

function summary(): string {
  return ['promotions', 'fulfilled', 'lapses', 'refunds'].map((name) => `${totals.get(name) ?? 0} ${name}`).join(', ');
}

/** kill -9, at moments that nobody chooses, and a new process at once. */
async function killNowAndThen(running: System): Promise<void> {
  const [least, most] = BETWEEN_KILLS_MS;
  while (racing) {
    await delay(least + Math.random() * (most - least));
    const name = KILLED[Math.floor(Math.random() * KILLED.length)] ?? KILLED[0];
    await running.kill(name);
    await running.restart(name);
    add(`kills of ${name}`, 1);
  }
}

/** Stops what was started, and tells what came of it. With a reason it has failed. */
async function finish(reason?: string): Promise<never> {
  racing = false;
  if (reason !== undefined) say(reason);
  await system?.stop().catch((error: unknown) => say(reasonOf(error)));
  const counts = Object.fromEntries([...totals].sort(([a], [b]) => a.localeCompare(b)));
  const ok = reason === undefined && failures.length === 0;
  for (const { seed } of failures) say(`To play it again: npm run race -- --seed ${seed} --seeds 1`);
  if (values.json) console.log(JSON.stringify({ ok, seed: values.seed, seeds: values.seeds, counts, failures }));
  else for (const [name, count] of Object.entries(counts)) say(`${String(count).padStart(7)} ${name}`);
  const held = `Every invariant held in ${totals.get('worlds') ?? 0} worlds`;
  say(failures.length > 0 ? `${failures.length} worlds failed.` : `${held}${ok ? '' : ', but not all were played'}.`);
  process.exit(ok ? 0 : 1);
}
