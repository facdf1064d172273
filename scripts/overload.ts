// npm run overload -- [--seconds N] [--times N] [--rounds N] [--json]: what many more buyers than can be served do to
// those who are: measures how many bookings a second a system of its own can sell, then offers it that many times more,
// and compares how many were sold. Random failures are off; times are this machine's, only their ratio says something.
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Attempt, closedLoop, openLoop, type Sale } from '../bench/buyers.ts';
import { confirmedOf, newSale } from '../bench/sale.ts';
import { latenciesOf } from '../bench/statistics.ts';
import { closeDatabases } from '../test/e2e/stage.ts';
import { setSystem } from '../test/engines.ts';
import { findFreeOffset } from './system/ports.ts';
import { reasonOf } from './system/setup-error.ts';
import { System } from './system/system.ts';
import { factsOf } from './testing/remote-system.ts';

const FIRST_PORT_OFFSET = 4_000;
/** Enough to keep every part busy, and fewer than are turned away. */
const BUYERS_AT_ONCE = 24;
const WARM_UP_SECONDS = 5;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    times: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    dir: { type: 'string', default: process.env.KURSI_TEST_DIR || '.kursi-test' },
    'port-offset': { type: 'string', default: process.env.KURSI_TEST_PORT_OFFSET || '' },
  },
});
const seconds = Number(values.seconds);
const times = Number(values.times);
const say = (line: string) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
rmSync(values.dir, { recursive: true, force: true });
const system = new System({
  dir: values.dir,
  portOffset: values['port-offset'] ? Number(values['port-offset']) : await findFreeOffset(FIRST_PORT_OFFSET),
  say,
  seed: false,
  databaseSuffix: `_overload_${Date.now()}`,
  env: {
    LOG_LEVEL: 'info',
    ORGANIZER_FAILURE_RATE: '0',
    PAYMENT_DECLINE_RATE: '0',
    // Everybody comes from one address here.
    REQUESTS_PER_ADDRESS: '0',
  },
});

process.channel?.unref();
process.on('SIGINT', () => void system.stop().finally(() => process.exit(1)));

try {
  await system.startEngines();
  await system.startServices();
  const { kill, restart, pid } = system;
  setSystem({
    ...factsOf(system),
    kill: kill.bind(system),
    restart: restart.bind(system),
    pid: async (name) => pid.call(system, name),
  });
  const result = await measure();
  await closeDatabases();
  await system.stop();
  if (values.json) console.log(JSON.stringify(result));
  process.exit(result.ok ? 0 : 1);
} catch (error) {
  say(reasonOf(error));
  await system.stop();
  process.exit(1);
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
  for (let n = 1; n <= Number(values.rounds); n += 1) {
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
