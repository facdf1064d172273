import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until the answer is not undefined. Fails with what was waited for. */
export async function waitUntil<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  withinMs = 20_000,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > until) throw new Error(`Waited ${withinMs} ms for ${what}; it did not come.`);
    await delay(50);
  }
}
