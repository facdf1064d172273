import { setTimeout as delay } from 'node:timers/promises';
import { type Attempt, buy, openLoop, type Sale } from '../buyers.ts';
import type { Stage } from '../measure.ts';
import { capacityOf, newSale } from '../sale.ts';
import { rounded, type Summary, summaryOf } from '../statistics.ts';

/** Of the orders a second that can be sold: a system that works, and has room. */
const LOADED_SHARE = 0.25;
/** Between the kill and the start of the new process: whoever was connected has noticed. */
const DOWN_MS = 500;
/** Between a recovery and the next kill. */
const REST_MS = 1_500;
const ASK_EVERY_MS = 100;
/** A call that is lost tells nothing about the next; but a crowd of them would be a load of its own. */
const ASKS_AT_ONCE = 8;
const PATIENCE_MS = 60_000;

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
  const sales = { x: await newSale(sizes.sale), y: await newSale({ ...sizes.sale, organizer: 'y' }) };
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
  const others = new AbortController();
  const load = openLoop({ ...sale, round: `${sale.round}-others` }, perSecond, PATIENCE_MS / 1_000, others.signal);
  await delay(DOWN_MS);
  await system.kill(name);
  await delay(DOWN_MS);
  const startedAt = performance.now();
  const ready = system.restart(name).then(() => performance.now() - startedAt);
  const [ms, readyMs] = await Promise.all([untilBooked(sale).then((at) => at - startedAt), ready]);
  await delay(REST_MS);
  others.abort();
  await load;
  return { ms, readyMs };
}

/** When the first booking had succeeded. @throws when none does in time. */
async function untilBooked(sale: Sale): Promise<number> {
  const until = performance.now() + PATIENCE_MS;
  const calls = new Set<Promise<void>>();
  let bookedAt: number | undefined;
  for (let n = 1; bookedAt === undefined; n += 1) {
    if (performance.now() > until) throw new Error('No booking succeeded after a process was started again.');
    if (calls.size < ASKS_AT_ONCE) {
      const tell = ({ status }: Attempt) => {
        if (status === 201) bookedAt ??= performance.now();
      };
      const call = buy(sale, n).then(tell);
      calls.add(call);
      void call.then(() => calls.delete(call));
    }
    await delay(ASK_EVERY_MS);
  }
  await Promise.all(calls);
  return bookedAt;
}
