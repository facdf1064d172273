import type { Logger } from '../../../lib/logging/logger.ts';

const everyMs = 15_000;

export interface Sweeping {
  /** Begins no further round, and resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** Sweeps at once and then every 15 s. A round that fails (the database is away) is logged, and the next one tries again. */
export function startSweep(sweep: (now: Date) => Promise<void>, log: Logger): Sweeping {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let round = Promise.resolve();

  async function run(): Promise<void> {
    try {
      await sweep(new Date());
    } catch (error) {
      log.warn({ err: error }, 'the sweep failed; the next one tries again');
    }
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
