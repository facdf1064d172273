import { setTimeout as delay } from 'node:timers/promises';
import { defaultGrpcRetryOptions, type GrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

/** After a blip a call is soon tried again; and nobody who closes a connection has to wait longer. */
const maxIntervalMs = 1_000;

/**
 * The client's own retries of single calls, which can be ended: it repeats a call by a timer that nothing stops, and one
 * that fires after the connection was closed throws where nobody can catch it.
 */
export function endableRetries() {
  const usual = defaultGrpcRetryOptions({ maxIntervalMs: () => maxIntervalMs });
  let isEnding = false;
  let lastTryAt = 0;
  const options: GrpcRetryOptions = {
    retryableDecider: (attempt, status) => !isEnding && usual.retryableDecider(attempt, status),
    delayFunction(attempt, status) {
      const delayMs = usual.delayFunction(attempt, status);
      lastTryAt = Math.max(lastTryAt, Date.now() + delayMs);
      return delayMs;
    },
  };
  return {
    interceptor: makeGrpcRetryInterceptor(options),
    /** Allows no more retries, and waits for those that are set. */
    async end(): Promise<void> {
      isEnding = true;
      const waitMs = lastTryAt - Date.now();
      // A timer may fire a moment late.
      if (waitMs > -maxIntervalMs) await delay(Math.max(waitMs, 0) + 50);
    },
  };
}
