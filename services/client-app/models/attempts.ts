import type { Connection } from 'mongoose';
import { RateLimiterMongo, RateLimiterRes } from 'rate-limiter-flexible';

/** So many in so much time; 0 is no limit. */
export interface Allowance {
  points: number;
  windowMs: number;
}

/** How long to wait, in milliseconds, where there were too many. */
export type Wait = number | undefined;

/**
 * Attempts are counted in `attempts`, for all processes together, until the window that began with the first one is over.
 * Keys are digests: the collection names nobody.
 */
export function attemptsIn(connection: Connection, kind: string, { points, windowMs }: Allowance) {
  const limiter = new RateLimiterMongo({
    storeClient: connection,
    tableName: 'attempts',
    keyPrefix: kind,
    points,
    duration: windowMs / 1000,
    // The migration makes them.
    disableIndexesCreation: true,
  });
  const isUnlimited = points === 0;
  return {
    /** Counts one, unless there were too many: then it tells how long to wait. */
    async take(key: string): Promise<Wait> {
      if (isUnlimited) return undefined;
      try {
        await limiter.consume(key);
        return undefined;
      } catch (error) {
        if (error instanceof RateLimiterRes) return error.msBeforeNext;
        throw error;
      }
    },

    /** Takes one back that was counted, whether or not it was let through. */
    async giveBack(key: string): Promise<void> {
      if (!isUnlimited) await limiter.reward(key);
    },

    /** Begins its window anew. */
    async renew(key: string): Promise<void> {
      await limiter.set(key, 1, windowMs / 1000);
    },

    async has(key: string): Promise<boolean> {
      return (await limiter.get(key)) !== null;
    },

    async forget(key: string): Promise<void> {
      await limiter.delete(key);
    },
  };
}
