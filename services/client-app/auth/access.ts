import type { RouteAccess } from '../../../lib/http/routes.ts';
import type { Dependencies } from '../dependencies.ts';
import { adminsOnly, signedIn } from './signed-in.ts';

type Accounts = Pick<Dependencies, 'tokens' | 'users'>;

/** For everybody, signed in or not. */
export const toAnybody = (permission: string): RouteAccess => ({ permission, security: [], problems: [] });

/** For whoever is signed in. Whose things they may see is the commands' matter. */
export const toSignedIn = (permission: string, accounts: Accounts): RouteAccess => ({
  permission,
  guard: signedIn(accounts),
  security: ['accessToken'],
  problems: ['unauthenticated', 'forbidden'],
});

/** For admins only. */
export function toAdmins(permission: string, accounts: Accounts): RouteAccess {
  const known = signedIn(accounts);
  return {
    ...toSignedIn(permission, accounts),
    guard: (ctx, next) => known(ctx, () => adminsOnly(ctx, next)),
  };
}
