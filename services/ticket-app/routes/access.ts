import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import type { Context, Middleware } from 'koa';
import { verifyAccessToken } from '../../../lib/auth/access-token.ts';
import { bearerToken, serviceCredential } from '../../../lib/auth/service-credential.ts';
import { forbidden, unauthenticated, unavailable } from '../../../lib/http/problem.ts';

/** client-app answers from memory; a longer wait means that it is away. */
const keysPatienceMs = 2_000;

/** client-app's public keys, fetched when first needed and kept for 10 minutes. */
export const keysOfClientApp = (jwksUrl: string): JWTVerifyGetKey =>
  createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: keysPatienceMs });

export type Caller = { kind: 'service' } | { kind: 'admin'; userId: string };

/** Who may call: services (client-app, in front of the buyers) and admins, who call with client-app's access token. */
export interface Access {
  /** Services and admins. */
  readers: Middleware;
  /** Admins only: whatever changes events and seats. */
  admins: Middleware;
  /** Whoever stands at a gate: services and admins, until gates have a role of their own. */
  gates: Middleware;
}

export function createAccess(serviceSecrets: readonly string[], keys: JWTVerifyGetKey): Access {
  const isService = serviceCredential(serviceSecrets);

  async function admin(token: string | undefined): Promise<Caller> {
    if (token === undefined) throw unauthenticated();
    const principal = await verifyAccessToken(token, keys).catch((error: unknown) => {
      throw Object.assign(unavailable('keys_unavailable', "client-app's keys cannot be had; try again in a moment."), {
        cause: error,
      });
    });
    if (!principal) throw unauthenticated();
    if (principal.role !== 'admin') throw forbidden('This is for admins; buyers use client-app.');
    return { kind: 'admin', userId: principal.userId };
  }

  const readers: Middleware = async (ctx, next) => {
    const token = bearerToken(ctx);
    ctx.state.caller = isService(token) ? { kind: 'service' } : await admin(token);
    await next();
  };

  return {
    readers,
    gates: readers,
    admins: async (ctx, next) => {
      const token = bearerToken(ctx);
      if (isService(token))
        throw forbidden('Events and seats are changed by admins, with an access token of client-app.');
      ctx.state.caller = await admin(token);
      await next();
    },
  };
}

/** Drafts and reasons for closing are for admins' eyes. */
export const isAdmin = (ctx: Context): boolean => (ctx.state.caller as Caller | undefined)?.kind === 'admin';
