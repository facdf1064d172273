import { bodyParser } from '@koa/bodyparser';
import type { Middleware } from 'koa';
import { limits } from '../contracts/limits.ts';
import { Problem } from './problem.ts';

/** The connection is given up with the answer: the rest of the body may never come. */
const tooSlow = (withinMs: number) =>
  new Problem(
    408,
    'body_too_slow',
    `The body did not arrive within ${withinMs / 1000} s.`,
    { field: 'body' },
    { Connection: 'close' },
  );

const nothing = async () => {};

/** Reads JSON, and forms where they are taken, up to the limits of size (unpacked) and of time. Uploads are read by their route. */
export function readsBodies(acceptsForms: boolean, withinMs: number = limits.bodyMs): Middleware {
  const parse = bodyParser({
    enableTypes: acceptsForms ? ['json', 'form'] : ['json'],
    jsonLimit: limits.bodyBytes,
    formLimit: limits.bodyBytes,
    jsonStrict: true,
  });
  return async (ctx, next) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(tooSlow(withinMs)), withinMs);
    });
    try {
      await Promise.race([parse(ctx, nothing), late]);
    } finally {
      clearTimeout(timer);
    }
    await next();
  };
}
