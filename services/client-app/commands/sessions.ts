import { notFound, Problem } from '../../../lib/http/problem.ts';
import { newId } from '../../../lib/ids.ts';
import { passwordFits } from '../auth/passwords.ts';
import { newRefreshToken, readRefreshToken } from '../auth/refresh-tokens.ts';
import type { Caller } from '../auth/signed-in.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Session } from '../models/sessions.ts';
import type { User } from '../models/users.ts';

export interface SignedIn {
  sessionId: string;
  accessToken: string;
  /** Seconds. */
  expiresIn: number;
  refreshToken: string;
  refreshTokenExpiresIn: number;
}

async function tokensOf(
  { tokens }: Dependencies,
  user: User,
  session: Session,
  refreshToken: string,
): Promise<SignedIn> {
  const principal = { userId: user._id, role: user.role, sessionId: session._id };
  return {
    sessionId: session._id,
    ...(await tokens.issue(principal)),
    refreshToken,
    refreshTokenExpiresIn: Math.floor((session.expiresAt.getTime() - session.lastUsedAt.getTime()) / 1000),
  };
}

/**
 * Signs in. An unknown address and a wrong password are told by the same words, after the same work, and are limited
 * alike. Throws 401 `wrong_credentials`, 429 `too_many_attempts`.
 */
export async function signIn(
  dependencies: Dependencies,
  { email, password, ip }: { email: string; password: string; ip: string },
): Promise<SignedIn> {
  const { users, sessions, attempts } = dependencies;
  const attempt = await attempts.signIn(email, ip);
  const user = await users.findByEmail(email);
  const fits = await passwordFits(password, user?.passwordHash);
  if (!user || !fits) throw new Problem(401, 'wrong_credentials', 'The e-mail address or the password is wrong.');
  await attempt.succeeded();
  const sessionId = newId();
  const { refreshToken, secretHash } = newRefreshToken(sessionId);
  const { _id: userId, passwordVersion } = user;
  const session = await sessions.start({ _id: sessionId, userId, passwordVersion, secretHash });
  return tokensOf(dependencies, user, session, refreshToken);
}

const refused = () =>
  new Problem(401, 'invalid_refresh_token', 'The refresh token is not good any more. Sign in again.');

/** Whoever has a token that was good once is not the one who has the present one: nobody can tell which of them is the thief. */
async function endFamily({ sessions, log }: Dependencies, { _id: sessionId, userId }: Session): Promise<Problem> {
  if (await sessions.end(userId, sessionId)) {
    log.warn(
      { security: 'refresh_token_reused', sessionId, userId },
      'a refresh token came twice; its session is over',
    );
  }
  return refused();
}

/**
 * Gives the next tokens for a refresh token, which is good once. One that comes again ends its session with all that was
 * issued in it (RFC 9700, 4.14.2): of two who send one token at once, one gets the next tokens and the other ends them.
 * Throws 401 `invalid_refresh_token`.
 */
export async function refreshSession(dependencies: Dependencies, token: string): Promise<SignedIn> {
  const { sessions, users } = dependencies;
  const given = readRefreshToken(token);
  const session = given && (await sessions.find(given.sessionId));
  if (!session) throw refused();
  if (session.secretHash !== given.secretHash) throw await endFamily(dependencies, session);
  const user = await users.find(session.userId);
  if (!user || user.passwordVersion !== session.passwordVersion) throw refused();
  const next = newRefreshToken(session._id);
  const rotated = await sessions.rotate(session, next.secretHash);
  if (!rotated) throw await endFamily(dependencies, session);
  return tokensOf(dependencies, user, rotated, next.refreshToken);
}

/** Where the caller is signed in. */
export async function listSessions({ users, sessions }: Dependencies, { userId }: Caller): Promise<Session[]> {
  const user = await users.find(userId);
  return user ? sessions.ofUser(userId, user.passwordVersion) : [];
}

/** Signs out, here or elsewhere. Throws 404 `session_not_found`. */
export async function endSession({ sessions }: Dependencies, caller: Caller, sessionId: string): Promise<void> {
  if (!(await sessions.end(caller.userId, sessionId))) throw notFound('session');
}

/** Signs out everywhere but here. */
export const endOtherSessions = ({ sessions }: Dependencies, { userId, sessionId }: Caller): Promise<void> =>
  sessions.endAll(userId, sessionId);
