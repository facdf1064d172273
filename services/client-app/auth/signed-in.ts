import type { Context } from 'koa';
import type { Role } from '../../../lib/auth/access-token.ts';
import { bearerToken } from '../../../lib/auth/service-credential.ts';
import { unauthenticated } from '../../../lib/http/problem.ts';
import type { Dependencies } from '../dependencies.ts';

/** The person who makes a call. The role is the account's present one, not the one the token was issued with. */
export interface Caller {
  userId: string;
  name: string;
  role: Role;
  sessionId: string;
}

export type Accounts = Pick<Dependencies, 'tokens' | 'users' | 'sessions' | 'countRequest'>;

/** Knows people by a valid token of an account and a session that still exist, and remembers who calls. */
export function recognizesPeople({ tokens, users, sessions, countRequest }: Accounts) {
  return async (ctx: Context): Promise<Role> => {
    const token = bearerToken(ctx);
    const principal = token === undefined ? undefined : await tokens.verify(token);
    const [user, session] = principal
      ? await Promise.all([users.find(principal.userId), sessions.find(principal.sessionId)])
      : [];
    const isGoing = user && session?.userId === user._id && session.passwordVersion === user.passwordVersion;
    if (!isGoing) throw unauthenticated();
    // Not before: a token of a session that has ended must not use up what its owner may send.
    await countRequest(user._id);
    const { _id: userId, name, role } = user;
    ctx.state.caller = { userId, name, role, sessionId: session._id } satisfies Caller;
    return role;
  };
}

/** Who makes this call. Throws if the route is for anybody. */
export function callerOf(ctx: Context): Caller {
  const caller = ctx.state.caller as Caller | undefined;
  if (!caller) throw new Error(`The route ${ctx.method} ${ctx.routerPath} asks for its caller but lets anybody in.`);
  return caller;
}
