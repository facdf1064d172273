import type { Context, Middleware } from 'koa';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AdaptiveLimit, type AdaptiveLimitOptions } from './adaptive-limit.ts';
import { networkOf } from './network-of.ts';
import { Problem, unavailable } from './problem.ts';

const windowSeconds = 60;

/**
 * Counts requests in memory, since a limit that had to ask a database would itself be what gives way in a rush: with n
 * processes a client may send n times as many. The function throws 429 `too_many_requests`, with Retry-After in seconds,
 * for a client that has used up its minute. 0 is no limit.
 */
export function requestLimit(perMinute: number): (client: string) => Promise<void> {
  if (perMinute === 0) return async () => undefined;
  const counts = new RateLimiterMemory({ points: perMinute, duration: windowSeconds });
  return async (client) => {
    try {
      await counts.consume(client);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
      const detail = `At most ${perMinute} requests a minute are taken from one client. Wait ${seconds} seconds.`;
      throw new Problem(429, 'too_many_requests', detail, {}, { 'Retry-After': String(seconds) });
    }
  };
}

export interface AddressLimit {
  /** Requests a minute from one address, or one network of IPv6 (see `networkOf`); 0 is no limit. */
  perMinute: number;
  /** Services call from few addresses, for many people: what is theirs is not counted. */
  isExempt(ctx: Context): boolean;
}

/** Counts requests by address; probes and metrics are never counted. */
export function limitsAddresses({ perMinute, isExempt }: AddressLimit): Middleware {
  const count = requestLimit(perMinute);
  const watching = new Set(['/healthz', '/readyz', '/metrics']);
  return async (ctx, next) => {
    if (!watching.has(ctx.path) && !isExempt(ctx)) await count(networkOf(ctx.ip));
    await next();
  };
}

/** Kinds of calls that are remembered; the longest unused go first. */
const mostKinds = 1_000;

/**
 * Lets as many requests be under way at once, on the routes it stands before, as are served without becoming slow; more are
 * answered 503 `overloaded` before anything is read or written for them. Each kind has a limit of its own, so that one
 * event whose organizer is slow takes no room from the others.
 */
export function limitsInFlight(options: AdaptiveLimitOptions, kindOf: (ctx: Context) => string): Middleware {
  const rooms = new Map<string, AdaptiveLimit>();

  function roomFor(kind: string): AdaptiveLimit {
    const room = rooms.get(kind) ?? new AdaptiveLimit(options);
    rooms.delete(kind);
    rooms.set(kind, room);
    const [oldest] = rooms.keys();
    if (rooms.size > mostKinds && oldest !== undefined) rooms.delete(oldest);
    return room;
  }

  return async (ctx, next) => {
    const room = roomFor(kindOf(ctx));
    if (!room.enter()) {
      // An earlier call under the same key may have begun something: only of this one it is certain.
      throw unavailable('overloaded', 'Too many are buying at this moment. Repeat the call soon, with the same key.');
    }
    const startedAt = performance.now();
    try {
      await next();
    } finally {
      room.leave({ served: ctx.status < 300, ms: performance.now() - startedAt });
    }
  };
}
