import { setTimeout as delay } from 'node:timers/promises';

interface Asking {
  everyMs: number;
  /** A call that is lost tells nothing about the next; but a crowd of them would be a load of its own. */
  atOnce: number;
  patienceMs: number;
  /** Where those are kept that are under way; some may be when this resolves. */
  calls?: Set<Promise<void>>;
}

/**
 * Asks for a booking again and again until one has succeeded: after a fault, the way through everything is there again.
 * `ask` resolves with the instant at which it was answered 201, or with undefined; so does this, when its patience is over.
 */
export async function untilBooked(
  ask: () => Promise<number | undefined>,
  { everyMs, atOnce, patienceMs, calls = new Set() }: Asking,
): Promise<number | undefined> {
  const until = Date.now() + patienceMs;
  let bookedAt: number | undefined;
  while (bookedAt === undefined && Date.now() < until) {
    if (calls.size < atOnce) {
      const call = ask().then(
        (at) => {
          bookedAt ??= at;
        },
        // Accounts cannot be made while their database is away.
        () => {},
      );
      calls.add(call);
      void call.then(() => calls.delete(call));
    }
    await delay(everyMs);
  }
  return bookedAt;
}
