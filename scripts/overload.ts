// npm run overload -- [--seconds N] [--times N] [--rounds N] [--json]: what many more buyers than can be served do to
// those who are: measures how many bookings a second a system of its own can sell, then offers it that many times more,
// and compares how many were sold. Random failures are off; times are this machine's, only their ratio says something.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Attempt, BUYERS_AT_ONCE, closedLoop, openLoop, type Sale } from '../bench/buyers.ts';
import { confirmedOf, newSale } from '../bench/sale.ts';
import { latenciesOf } from '../bench/statistics.ts';
import { closeDatabases } from '../test/e2e/databases.ts';
import { reasonOf } from './system/setup-error.ts';
import type { System } from './system/system.ts';
import { checkOwnFolder } from './testing/own-folder.ts';
import { ownSystem, ownSystemOptions, startOwnSystem } from './testing/own-system.ts';

const WARM_UP_SECONDS = 5;

const values = readArguments();
const { seconds, times, rounds: wantedRounds } = values;
const say = (line: string) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
let system: System | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void finish(1, 'Interrupted.'));
process.on('disconnect', () => void finish(1, 'Interrupted.'));
process.channel?.unref();

try {
  await start();
  const result = await measure();
  await closeDatabases();
  await system?.stop();
  if (values.json) console.log(JSON.stringify(result));
  await finish(result.ok ? 0 : 1);
} catch (error) {
  await finish(1, reasonOf(error));
}

function readArguments() {
  try {
    const { values: given } = parseArgs({
      options: {
        ...ownSystemOptions,
        seconds: { type: 'string', default: '20' },
        times: { type: 'string', default: '10' },
        rounds: { type: 'string', default: '3' },
        json: { type: 'boolean', default: false },
      },
    });
    const numbers = { seconds: Number(given.seconds), times: Number(given.times), rounds: Number(given.rounds) };
    if (!Object.values(numbers).every((n) => Number.isSafeInteger(n) && n > 0))
      throw new Error('--seconds, --times and --rounds are whole numbers from 1 on.');
    checkOwnFolder(given.dir);
    return { ...given, ...numbers };
  } catch (error) {
    console.error(reasonOf(error));
    process.exit(2);
  }
}

/** As in production, the gate of client-app included, but for the dice and the limits of one address. */
async function start(): Promise<void> {
  system = await ownSystem({
    dir: values.dir,
    'port-offset': values['port-offset'],
    name: 'overload',
    say,
    env: {
      LOG_LEVEL: 'info',
      ORGANIZER_FAILURE_RATE: '0',
      PAYMENT_DECLINE_RATE: '0',
      // Everybody comes from one address here.
      REQUESTS_PER_ADDRESS: '0',
    },
  });
  await startOwnSystem(system);
}

async function finish(code: number, reason?: string): Promise<never> {
  if (reason !== undefined) say(reason);
  await system?.stop().catch((error: unknown) => say(reasonOf(error)));
  process.exit(code);
}

/** Sold within the time of a round, a second. */
async function soldPerSecond(round: (sale: Sale) => Promise<Attempt[]>): Promise<[sold: number, attempts: Attempt[]]> {
  const sale = await newSale();
  const attempting = round(sale);
  await delay(seconds * 1000);
  const sold = (await confirmedOf(sale.eventId)) / seconds;
  return [sold, await attempting];
}

function summaryOf(attempts: Attempt[]) {
  const count = (outcome: Attempt['outcome']) => attempts.filter((attempt) => attempt.outcome === outcome).length;
  const turnedAwayMs = attempts.filter(({ outcome }) => outcome === 'turned_away').map(({ ms }) => ms);
  const { p50, p99 } = latenciesOf(turnedAwayMs);
  const codes = [
    ...new Set(attempts.filter(({ outcome }) => outcome === 'failed').map((a) => `${a.status} ${a.code}`)),
  ];
  return {
    attempts: attempts.length,
    paid: count('paid'),
    turnedAway: count('turned_away'),
    open: count('open'),
    failed: count('failed'),
    ...(codes.length > 0 && { failures: codes }),
    turnedAwayP50Ms: p50,
    turnedAwayP99Ms: p99,
  };
}

async function measure() {
  const warmUp = await newSale();
  await closedLoop(warmUp, BUYERS_AT_ONCE, WARM_UP_SECONDS);
  const rounds = [];
  for (let n = 1; n <= wantedRounds; n += 1) {
    const [capacity] = await soldPerSecond((sale) => closedLoop(sale, BUYERS_AT_ONCE, seconds));
    const [sold, attempts] = await soldPerSecond((sale) => openLoop(sale, capacity * times, seconds));
    const round = { capacity, sold, ratio: sold / capacity, ...summaryOf(attempts) };
    rounds.push(round);
    say(
      `Round ${n}: ${capacity.toFixed(1)} bookings a second when nobody is turned away; ${sold.toFixed(1)} when ` +
        `${(capacity * times).toFixed(0)} a second want one (${(round.ratio * 100).toFixed(0)} %). ` +
        `${round.turnedAway} were turned away${round.turnedAway > 0 ? `, in ${round.turnedAwayP50Ms} ms (p50) and ${round.turnedAwayP99Ms} ms (p99)` : ''}; ` +
        `${round.open} got 202, ${round.failed} anything else${round.failures ? ` (${round.failures.join(', ')})` : ''}.`,
    );
  }
  const ratios = rounds.map(({ ratio }) => ratio).sort((a, b) => a - b);
  const ratio = ratios[Math.floor(ratios.length / 2)] ?? 0;
  say(
    `Median: ${(ratio * 100).toFixed(0)} % of the bookings go on under ${times} times the load; at least 80 % is wanted.`,
  );
  return { ok: ratio >= 0.8, times, seconds, ratio, rounds };
}
