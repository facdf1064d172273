import { TimeoutStrategy, timeout } from 'cockatiel';
import type { Logger } from '../logging/logger.ts';
import type { Leased, Leases } from './leases.ts';

export interface LeasePollerOptions<Doc> {
  /** Names the poller in logs. */
  name: string;
  log: Logger;
  leases: Leases<Doc>;
  /**
   * Does one piece of work and records the result: by removing `nextAttemptAt`, or by moving it and ending the lease.
   * It may run twice (a process that was stopped wakes up), so what it records must be a compare-and-set.
   * When it throws, the work comes back after the lease. `signal` aborts when the lease is lost.
   */
  work(leased: Leased<Doc>, signal: AbortSignal): Promise<void>;
  /** How many pieces of work run at once in this process. */
  concurrency: number;
  /** How long work of a killed process waits to be taken over. Prolonged while the work goes on. */
  leaseMs: number;
  /** How often to look for what nobody was woken for. */
  pollMs?: number;
}

export interface LeasePoller {
  /** Looks for due work at once, or in `delayMs`, instead of at the next poll. */
  wake(delayMs?: number): void;
  /** Takes nothing new, and resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/** Works off what is due in a collection, with any number of other processes beside it. It survives the database being away. */
export function startLeasePoller<Doc>(options: LeasePollerOptions<Doc>): LeasePoller {
  const { name, leases, concurrency, leaseMs, pollMs = 200 } = options;
  const log = options.log.child({ poller: name });
  // A claim that hangs for longer than its leases last has none; the poller is not to hang with it.
  const whileItMatters = timeout(leaseMs, TimeoutStrategy.Aggressive);
  const running = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;
  let woken = false;
  let databaseAway = false;
  let rouse = () => {};

  function wakeNow(): void {
    woken = true;
    rouse();
  }

  function wake(delayMs = 0): void {
    if (stopped) return;
    if (delayMs <= 0) {
      wakeNow();
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      wakeNow();
    }, delayMs);
    timers.add(timer);
  }

  async function rest(): Promise<void> {
    if (woken || stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    rouse = () => {};
  }

  async function claim(limit: number): Promise<Leased<Doc>[]> {
    try {
      const claimed = await whileItMatters.execute(() => leases.claim(limit, leaseMs));
      if (databaseAway) log.info('polling again');
      databaseAway = false;
      return claimed;
    } catch (error) {
      if (!databaseAway) log.warn({ err: error }, 'cannot look for work, trying again');
      databaseAway = true;
      return [];
    }
  }

  function start(leased: Leased<Doc>): void {
    const ended = runUnderLease(leased, options, log).finally(() => {
      const wasFull = running.size >= concurrency;
      running.delete(ended);
      if (wasFull) wakeNow();
    });
    running.add(ended);
  }

  async function loop(): Promise<void> {
    while (!stopped) {
      woken = false;
      const claimed = running.size < concurrency ? await claim(concurrency - running.size) : [];
      for (const leased of claimed) start(leased);
      if (claimed.length === 0 || running.size >= concurrency) await rest();
    }
  }

  const looping = loop();
  return {
    wake,
    async stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      rouse();
      await looping;
      await Promise.all(running);
    },
  };
}

/** Runs one piece of work, prolonging its lease meanwhile; tells the work when the lease could not be kept. */
async function runUnderLease<Doc>(
  leased: Leased<Doc>,
  { leases, work, leaseMs }: LeasePollerOptions<Doc>,
  log: Logger,
): Promise<void> {
  const lost = new AbortController();
  const prolong = async () => {
    try {
      if (!(await leases.extend(leased, leaseMs))) lost.abort();
    } catch (error) {
      log.debug({ err: error }, 'cannot prolong a lease');
      if (Date.now() >= leased.leasedUntil.getTime()) lost.abort();
    }
  };
  const timer = setInterval(prolong, leaseMs / 3);
  try {
    await work(leased, lost.signal);
  } catch (error) {
    log.warn({ err: error }, 'work failed, it comes back after its lease');
  } finally {
    clearInterval(timer);
  }
}
