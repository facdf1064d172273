import type { Context, Middleware } from 'koa';
import type { Role } from '../../../lib/auth/access-token.ts';
import { bearerToken } from '../../../lib/auth/service-credential.ts';
import { unauthenticated } from '../../../lib/http/problem.ts';
import type { Dependencies } from '../dependencies.ts';

/** The person who makes a call. The role is the account's present one, not the one the token was issued with. */
export interface Caller {
  userId: string;
  name: string;
  role: Role;
}

export type Accounts = Pick<Dependencies, 'tokens' | 'users' | 'countRequest'>;

/** Knows people by a valid token of an account that still exists, and remembers who calls. */
export function recognizesPeople({ tokens, users, countRequest }: Accounts) {
  return async (ctx: Context): Promise<Role> => {
    const token = bearerToken(ctx);
    const principal = token === undefined ? undefined : await tokens.verify(token);
    if (principal) await countRequest(principal.userId);
    const user = principal && (await users.find(principal.userId));
    if (!user) throw unauthenticated();
    ctx.state.caller = { userId: user._id, name: user.name, role: user.role } satisfies Caller;
    return user.role;
  };
}

/** Lets in whoever is signed in. */
export function signedIn(accounts: Accounts): Middleware {
  const recognize = recognizesPeople(accounts);
  return async (ctx, next) => {
    await recognize(ctx);
    await next();
  };
}

/** Who makes this call. Throws if the route has no `signedIn` before it. */
export function callerOf(ctx: Context): Caller {
  const caller = ctx.state.caller as Caller | undefined;
  if (!caller) throw new Error(`The route ${ctx.method} ${ctx.routerPath} asks for its caller but lets anybody in.`);
  return caller;
}
