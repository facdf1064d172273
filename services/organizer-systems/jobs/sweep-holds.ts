import type { Logger } from '../../../lib/logging/logger.ts';
import type { HoldLedger } from '../models/holds.ts';

const everyMs = 5_000;
/** No call takes this long: what is still unfinished after it belongs to a process that died. */
const abandonedAfterMs = 10_000;

/** Finishes abandoned holds from time to time, until the function it returns is called. */
export function startSweep(ledger: HoldLedger, log: Logger): () => void {
  let stopped = false;
  let timer = setTimeout(run, everyMs);

  async function run(): Promise<void> {
    try {
      const finished = await ledger.sweep(new Date(Date.now() - abandonedAfterMs));
      if (finished > 0) log.info({ finished }, 'finished abandoned holds');
    } catch (error) {
      log.warn({ reason: (error as Error).name }, 'the sweep could not run; it will try again');
    }
    if (!stopped) timer = setTimeout(run, everyMs);
  }

  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
