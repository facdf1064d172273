import { requiresService } from '../../../lib/auth/service-credential.ts';
import type { RouteAccess } from '../../../lib/http/routes.ts';

/** For services: ticket-app and the worker. */
export const toServices = (permission: string, secrets: readonly string[]): RouteAccess => ({
  permission,
  guard: requiresService(secrets),
  security: ['serviceSecret'],
  problems: ['unauthenticated'],
});

/** For whoever has the payment URL; its token is part of the path, and tells nothing if it is wrong: 404. */
export const toPayers = (permission: string): RouteAccess => ({ permission, security: [], problems: [] });
