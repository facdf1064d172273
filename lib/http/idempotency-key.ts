import type { Context } from 'koa';
import { invalidRequest } from './problem.ts';

const field = 'header.Idempotency-Key';

/**
 * The caller's name for a request that is to be done once, where one is sent. It is to be random: of two that are equal
 * by chance the second is not done. Throws 400 `idempotency_key_invalid`.
 */
export function idempotencyKey(ctx: Context): string | undefined {
  const key = ctx.get('Idempotency-Key');
  if (key === '') return undefined;
  if (!/^[\x21-\x7e]{8,128}$/.test(key)) {
    throw invalidRequest(
      field,
      'must be 8 to 128 printable ASCII characters without spaces',
      'idempotency_key_invalid',
    );
  }
  return key;
}

/** The same where one must be sent. Throws also 400 `idempotency_key_missing`. */
export function requiredIdempotencyKey(ctx: Context): string {
  const key = idempotencyKey(ctx);
  if (key === undefined) throw invalidRequest(field, 'is required', 'idempotency_key_missing');
  return key;
}
