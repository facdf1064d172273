import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import type { Context } from 'koa';
import { verifyAccessToken } from '../../../lib/auth/access-token.ts';
import type { Permission } from '../../../lib/auth/permissions.ts';
import { bearerToken, serviceCredential } from '../../../lib/auth/service-credential.ts';
import { accessBy } from '../../../lib/http/access.ts';
import { unauthenticated, unavailable } from '../../../lib/http/problem.ts';
import type { RouteAccess } from '../../../lib/http/routes.ts';
import type { Viewer } from '../models/event-owner.ts';

/** client-app answers from memory; a longer wait means that it is away. */
const keysPatienceMs = 2_000;

/** client-app's public keys, fetched when first needed and kept for 10 minutes. */
export const keysOfClientApp = (jwksUrl: string): JWTVerifyGetKey =>
  createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: keysPatienceMs });

type Caller = { kind: 'service' } | { kind: 'admin' | 'organizer'; userId: string };

/**
 * Who may call: services (client-app, in front of the buyers), and organizers and admins, who call with client-app's
 * access token. Whether an event is an organizer's own is not looked at here, but where it is read and changed.
 */
export interface Access {
  /** By a line of the permission table. */
  to: (permission: Permission) => RouteAccess;
}

export function createAccess(serviceSecrets: readonly string[], keys: JWTVerifyGetKey): Access {
  const isService = serviceCredential(serviceSecrets);

  /** Any person; the table says which of them may. */
  async function person(ctx: Context) {
    const token = bearerToken(ctx);
    if (token === undefined) throw unauthenticated();
    const principal = await verifyAccessToken(token, keys).catch((error: unknown) => {
      throw Object.assign(unavailable('keys_unavailable', "client-app's keys cannot be had; try again in a moment."), {
        cause: error,
      });
    });
    if (!principal) throw unauthenticated();
    ctx.state.caller = { kind: principal.role, userId: principal.userId };
    return principal.role;
  }

  const service = (ctx: Context): boolean => {
    if (!isService(bearerToken(ctx))) return false;
    ctx.state.caller = { kind: 'service' } satisfies Caller;
    return true;
  };

  return { to: accessBy({ service, person }) };
}

/** With whose eyes the caller looks at events. */
export function viewerOf(ctx: Context): Viewer {
  const caller = ctx.state.caller as Caller;
  return caller.kind === 'service' ? { kind: 'public' } : caller;
}

/** Of a person: whose Idempotency-Key it is, another's key of the same name being another one. */
export function userOf(ctx: Context): string {
  const caller = ctx.state.caller as Caller;
  return caller.kind === 'service' ? caller.kind : caller.userId;
}
