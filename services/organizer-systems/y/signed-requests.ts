import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import { Problem } from '../../../lib/http/problem.ts';

const toleranceSeconds = 5 * 60;

const refused = (why: string) => new Problem(401, 'bad_signature', why);
const sha256 = (text: string) => createHash('sha256').update(text).digest();
/** Compared as digests: of equal length whatever was sent. */
const same = (a: string, b: string) => timingSafeEqual(sha256(a), sha256(b));

/** What is signed: the method, the path with its query, the time in seconds and the SHA-256 of the body in hex, a line each. */
function signatureOf(ctx: Context, timestamp: string, secret: string): string {
  const body = sha256(ctx.request.rawBody ?? '').toString('hex');
  return createHmac('sha256', secret).update([ctx.method, ctx.originalUrl, timestamp, body].join('\n')).digest('hex');
}

/** Lets in who signed this very request with the key's secret within the last five minutes. Refuses with 401. */
export function requiresSignature(keyId: string, secret: string): Middleware {
  return async (ctx, next) => {
    const timestamp = ctx.get('Y-Timestamp');
    const away = Math.abs(Date.now() / 1000 - Number(timestamp));
    if (!/^\d{1,12}$/.test(timestamp)) throw refused('Y-Timestamp must be a Unix time in seconds.');
    if (away > toleranceSeconds) throw refused('Y-Timestamp is more than five minutes away.');
    const known = same(ctx.get('Y-Key-Id'), keyId);
    const signed = same(ctx.get('Y-Signature'), signatureOf(ctx, timestamp, secret));
    if (!known || !signed) throw refused('Y-Key-Id or Y-Signature is not right.');
    await next();
  };
}
