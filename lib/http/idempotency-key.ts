import type { Context } from 'koa';
import { invalidRequest, Problem } from './problem.ts';

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

/** The key names another call: what is to be done anew needs a key of its own. */
export const idempotencyKeyReused = (used = 'with another body') =>
  new Problem(422, 'idempotency_key_reused', `This Idempotency-Key was used ${used}.`, { field });

/** The first call of this key goes on; its answer can be had by repeating the call. */
export const requestInProgress = () =>
  new Problem(
    409,
    'request_in_progress',
    'The first request with this Idempotency-Key is still being worked on. Repeat it in a moment.',
    { field },
    { 'Retry-After': '1' },
  );
