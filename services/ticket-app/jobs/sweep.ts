import type { Logger } from '../../../lib/logging/logger.ts';

const everyMs = 15_000;

/** What is to be looked through, by name. */
export type Sweeps = Record<string, (now: Date) => Promise<void>>;

export interface Sweeping {
  /** Begins no further round, and resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/**
 * Sweeps at once and then every 15 s, each of the sweeps beside the others. One that fails (the database is away) is
 * logged, holds up no other, and is tried again in the next round.
 */
export function startSweeps(sweeps: Sweeps, log: Logger): Sweeping {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let round = Promise.resolve();

  async function sweepOne(name: string, sweep: Sweeps[string]): Promise<void> {
    try {
      await sweep(new Date());
    } catch (error) {
      log.warn({ err: error, sweep: name }, 'a sweep failed; the next round tries again');
    }
  }

  async function run(): Promise<void> {
    await Promise.all(Object.entries(sweeps).map(([name, sweep]) => sweepOne(name, sweep)));
    if (!stopped) timer = setTimeout(begin, everyMs);
  }
  const begin = (): void => {
    round = run();
  };

  begin();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
