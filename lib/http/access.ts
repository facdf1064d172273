import type { Context, Middleware } from 'koa';
import { mayUse, type Party, type Permission, permissions } from '../auth/permissions.ts';
import { bearerToken } from '../auth/service-credential.ts';
import type { SecuritySchemeName } from '../openapi/security-schemes.ts';
import { forbidden, unauthenticated } from './problem.ts';
import type { RouteAccess } from './routes.ts';

const roles = ['buyer', 'organizer', 'admin'] as const;
type Role = (typeof roles)[number];

/** How a service knows who calls. Both also remember the caller in `ctx.state`, for the handlers. */
export interface Recognition {
  /** Whether the bearer token is a service's secret. */
  service?: (ctx: Context) => boolean;
  /** The role of the person whose access token it is. Throws 401 if there is none. */
  person?: (ctx: Context) => Promise<Role>;
}

const plural: Record<Role, string> = { buyer: 'buyers', organizer: 'organizers', admin: 'admins' };

const refusal = (permission: Permission) => {
  const names = roles.filter((role) => mayUse(permission, role)).map((role) => plural[role]);
  return forbidden(`This is for ${names.join(' and ')}.`);
};

function guardOf(permission: Permission, { service, person }: Recognition): Middleware {
  const forService = mayUse(permission, 'service');
  const forPeople = roles.some((role) => mayUse(permission, role));
  if ((forService && !service) || (forPeople && !person)) {
    throw new Error(`No route of this service can be for those whom "${permission}" names: it does not know them.`);
  }
  return async (ctx, next) => {
    const isService = service?.(ctx) === true;
    if (!isService && !(forPeople && person)) throw unauthenticated('This call needs a service credential.');
    const party: Party = isService || !person ? 'service' : await person(ctx);
    if (!mayUse(permission, party)) throw refusal(permission);
    await next();
  };
}

/**
 * Makes the access of a route out of its line in the permission table, and out of how this service knows who calls. What
 * is signed, or has a token of its own kind, is looked at by its handler.
 */
export function accessBy(recognition: Recognition): (permission: Permission) => RouteAccess {
  return (permission) => {
    const parties: readonly Party[] = permissions[permission];
    const forPeople = roles.some((role) => parties.includes(role));
    const forService = parties.includes('service');
    const forPayer = parties.includes('payer');
    const security: SecuritySchemeName[] = [
      ...(forPeople ? (['accessToken'] as const) : []),
      ...(forService ? (['serviceSecret'] as const) : []),
      ...(parties.includes('webhook') ? (['webhookSignature'] as const) : []),
      // Alone it is part of the path.
      ...(forService && forPayer ? (['paymentToken'] as const) : []),
    ];
    const isGuarded = (forPeople || forService) && !forPayer;
    return {
      permission,
      ...(isGuarded && { guard: guardOf(permission, recognition) }),
      security,
      problems: [
        ...(forPeople || forService ? (['unauthenticated'] as const) : []),
        ...(forPeople ? (['forbidden'] as const) : []),
      ],
    };
  };
}

/** Knows services by their secret. */
export const recognizesServices = (isService: (token: string | undefined) => boolean) => (ctx: Context) =>
  isService(bearerToken(ctx));
