import type { Permission } from '../../../lib/auth/permissions.ts';
import { accessBy } from '../../../lib/http/access.ts';
import type { RouteAccess } from '../../../lib/http/routes.ts';
import { type Accounts, recognizesPeople } from './signed-in.ts';

/** The access of a route, by its line in the permission table. Whose things the caller may see is the commands' matter. */
export const accessOf = (accounts: Accounts) => accessBy({ person: recognizesPeople(accounts) });

/** For everybody, signed in or not. */
export const toAnybody: (permission: Permission) => RouteAccess = accessBy({});

/** For whoever is signed in. */
export const toSignedIn = (permission: Permission, accounts: Accounts): RouteAccess => accessOf(accounts)(permission);

/** For admins only. */
export const toAdmins = toSignedIn;

/** For ticket-app, which signs what it tells; the route looks at the signature. */
export const toTicketApp: (permission: Permission) => RouteAccess = accessBy({});
