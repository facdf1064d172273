import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import { unauthenticated } from '../http/problem.ts';

const hash = (text: string) => createHash('sha256').update(text).digest();

/** The token of `Authorization: Bearer …`, or undefined. */
export function bearerToken(ctx: Context): string | undefined {
  return /^Bearer ([\x21-\x7e]+)$/i.exec(ctx.get('Authorization'))?.[1];
}

/** Tells whether a bearer token is one of a callee's live secrets (two during a rotation), in constant time. */
export function serviceCredential(secrets: readonly string[]): (token: string | undefined) => boolean {
  const hashes = secrets.map(hash);
  return (token) => {
    if (token === undefined) return false;
    const given = hash(token);
    return hashes.map((known) => timingSafeEqual(known, given)).includes(true);
  };
}

/** Lets only services in. */
export function requiresService(secrets: readonly string[]): Middleware {
  const accepts = serviceCredential(secrets);
  return async (ctx, next) => {
    if (!accepts(bearerToken(ctx))) throw unauthenticated('This call needs a service credential.');
    await next();
  };
}
