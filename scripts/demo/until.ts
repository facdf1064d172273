import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

export interface Wait<T> {
  /** For the message when it does not come true, e.g. `the booking is CONFIRMED`. */
  what: string;
  look: () => Promise<T>;
  holds: (seen: T) => boolean;
  timeoutMs?: number;
  /** Shorter where the time itself is shown. */
  lookEveryMs?: number;
}

/** Looks until the condition holds, and returns what was seen then. @throws after 30 s if not said otherwise, naming the last thing seen. */
export async function until<T>({
  what,
  look,
  holds,
  timeoutMs = 30_000,
  lookEveryMs = LOOK_EVERY_MS,
}: Wait<T>): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > deadline) {
      throw new Error(`not within ${timeoutMs / 1000} s: ${what}. Last seen: ${JSON.stringify(seen).slice(0, 300)}`);
    }
    await delay(lookEveryMs);
  }
}
