import type { Context } from 'koa';
import { invalidRequest } from './problem.ts';

/** The Idempotency-Key header, where one is sent. Throws a 400 problem for one that is too long or not printable. */
export function idempotencyKey(ctx: Context): string | undefined {
  const key = ctx.get('Idempotency-Key');
  if (key === '') return undefined;
  if (!/^[\x21-\x7e]{1,128}$/.test(key)) {
    throw invalidRequest('header.Idempotency-Key', 'must be 1 to 128 printable ASCII characters');
  }
  return key;
}
