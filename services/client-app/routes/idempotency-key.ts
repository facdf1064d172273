import type { Context } from 'koa';
import { invalidRequest } from '../../../lib/http/problem.ts';

/** The caller's name for a request that is to be done once. Throws 400 `idempotency_key_missing` or `idempotency_key_invalid`. */
export function idempotencyKeyOf(ctx: Context): string {
  const key = ctx.get('Idempotency-Key');
  if (key === '') {
    throw invalidRequest('header.Idempotency-Key', 'is required', 'idempotency_key_missing');
  }
  if (!/^[\x20-\x7e]{8,128}$/.test(key)) {
    throw invalidRequest(
      'header.Idempotency-Key',
      'must be 8 to 128 printable ASCII characters',
      'idempotency_key_invalid',
    );
  }
  return key;
}
