import { setTimeout as delay } from 'node:timers/promises';
import { untilBooked } from '../../test/chaos/until-booked.ts';
import { people } from '../../test/e2e/stage.ts';
import { buy, openLoop, type Sale } from '../buyers.ts';
import type { Stage } from '../measure.ts';
import { capacityOf, newSale } from '../sale.ts';
import { rounded, type Summary, summaryOf } from '../statistics.ts';

/** Of the orders a second that can be sold: a system that works, and has room. */
const LOADED_SHARE = 0.25;
/** Between the kill and the start of the new process: whoever was connected has noticed. */
const DOWN_MS = 500;
/** Between a recovery and the next kill. */
const REST_MS = 1_500;
const ASKING = { everyMs: 100, atOnce: 8 };
const PATIENCE_MS = 60_000;
/** More than are asked for, by either, while one process is away. */
const BUYERS = 200;

/** One process: from the start of the new one until a booking succeeds, and what of it was left when it was ready. */
export interface Recovered {
  ms: Summary;
  sinceReadyMs: Summary;
}

/** Each process is killed with -9 and started again, one after the other, while orders come. */
export interface RecoveryReport {
  /** Of those that come meanwhile. */
  ordersPerSecond: number;
  processes: Record<string, Recovered>;
  /** Of all processes and rounds. */
  slowestMs: number;
}

export async function measureRecovery(stage: Stage): Promise<RecoveryReport> {
  const { system, sizes, rounds, say } = stage;
  const ordersPerSecond = Math.max(1, (await capacityOf(stage)) * LOADED_SHARE);
  const sales = {
    x: await newSale({ ...sizes.sale, buyers: 1 }),
    y: await newSale({ ...sizes.sale, buyers: 1, organizer: 'y' }),
  };
  const names = system.processes.filter((name) => sizes.recovery === 'all' || sizes.recovery.includes(name));
  const found = new Map<string, { ms: number[]; sinceReadyMs: number[] }>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of names) {
      const sale = { ...sales[name === 'organizer-y' ? 'y' : 'x'], round: `${round}-${name}` };
      const { ms, readyMs } = await killed(stage, name, sale, ordersPerSecond);
      const so = found.get(name) ?? { ms: [], sinceReadyMs: [] };
      so.ms.push(ms);
      so.sinceReadyMs.push(Math.max(0, ms - readyMs));
      found.set(name, so);
      say(`  round ${round}, ${name}: ${Math.round(ms)} ms, ready after ${Math.round(readyMs)} ms`);
    }
  }
  const processes = [...found].map(([name, { ms, sinceReadyMs }]): [string, Recovered] => [
    name,
    { ms: summaryOf(ms), sinceReadyMs: summaryOf(sinceReadyMs) },
  ]);
  return {
    ordersPerSecond: rounded(ordersPerSecond),
    processes: Object.fromEntries(processes),
    slowestMs: Math.max(...processes.map(([, { ms }]) => ms.max)),
  };
}

/** Kills one process, starts it again, and asks for seats until one of those asked for since is booked. */
async function killed({ system }: Stage, name: string, sale: Sale, perSecond: number) {
  // Nobody buys in two of these: what one person may have is limited.
  const [others, asking] = [await people(BUYERS), await people(BUYERS)];
  const stop = new AbortController();
  const load = { ...sale, buyers: others, round: `${sale.round}-others` };
  const loading = openLoop(load, perSecond, PATIENCE_MS / 1_000, stop.signal);
  try {
    await delay(DOWN_MS);
    await system.kill(name);
    await delay(DOWN_MS);
    const startedAt = Date.now();
    const ready = system.restart(name).then(() => Date.now() - startedAt);
    const [bookedAt, readyMs] = await Promise.all([bookedOf({ ...sale, buyers: asking }), ready]);
    await delay(REST_MS);
    return { ms: bookedAt - startedAt, readyMs };
  } finally {
    stop.abort();
    await loading;
  }
}

/** When the first booking call had its payment URL. @throws when none does in time. */
async function bookedOf(sale: Sale): Promise<number> {
  let n = 0;
  const ask = async () => {
    n += 1;
    const { status, startedAt, ms } = await buy(sale, n);
    return status === 201 ? startedAt + ms : undefined;
  };
  const calls = new Set<Promise<void>>();
  const bookedAt = await untilBooked(ask, { ...ASKING, patienceMs: PATIENCE_MS, calls });
  if (bookedAt === undefined) throw new Error('No booking succeeded after a process was started again.');
  await Promise.all(calls);
  return bookedAt;
}
