import type { Context, Middleware } from 'koa';
import compress from 'koa-compress';

/** Below it the headers weigh more than what is saved. */
const thresholdBytes = 1024;

/**
 * Compresses what is read as JSON. Answers to anything but GET stay as they are: those carry new tokens and payment URLs,
 * and the length of a compressed answer would tell of a secret in it beside what its caller sent (BREACH).
 */
export function compressesAnswers(): Middleware {
  const compressed = compress({
    filter: (type) => type === 'application/json',
    threshold: thresholdBytes,
    deflate: false,
  });
  return (ctx: Context, next) => {
    if (ctx.method !== 'GET') ctx.compress = false;
    return compressed(ctx, next);
  };
}
