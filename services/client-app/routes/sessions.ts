import { Type } from 'typebox';
import { Id } from '../../../lib/contracts/primitives.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { accessOf } from '../auth/access.ts';
import { callerOf } from '../auth/signed-in.ts';
import { endOtherSessions, endSession, listSessions, refreshSession, signIn } from '../commands/sessions.ts';
import type { Dependencies } from '../dependencies.ts';
import { presentSession, presentTokens, SessionView, TokensView } from '../presenters/session.ts';
import { problems } from '../problems.ts';

const Credentials = strictObject({
  email: Type.String({ minLength: 1, maxLength: 254, examples: ['ayu@example.com'] }),
  password: Type.String({ minLength: 1, maxLength: 128 }),
});
const Refresh = strictObject({ refreshToken: Type.String({ minLength: 1, maxLength: 200 }) });
const SessionList = Type.Object({ sessions: Type.Array(SessionView) });
const KeySet = Type.Object({
  keys: Type.Array(
    Type.Object({
      kty: Type.String({ examples: ['OKP'] }),
      crv: Type.String({ examples: ['Ed25519'] }),
      x: Type.String(),
      kid: Type.String(),
      alg: Type.String({ examples: ['EdDSA'] }),
      use: Type.String({ examples: ['sig'] }),
    }),
  ),
});

/** Signing in and out. An access token is good for minutes, and here only while its session goes on. */
export function sessionRoutes(dependencies: Dependencies): DescribedRoutes {
  return [...tokenRoutes(dependencies), ...mySessionRoutes(dependencies)];
}

function tokenRoutes(dependencies: Dependencies): DescribedRoutes {
  const to = accessOf(dependencies);
  const routes = describedRoutes({ tag: 'Sessions', problems });

  routes.post(
    '/sessions',
    {
      id: 'signIn',
      summary: 'Sign in',
      description:
        'An unknown address and a wrong password have the same answer. Failed attempts are limited, by e-mail address and by IP address.',
      access: to('sessions.create'),
      request: { body: Credentials },
      answers: { 201: { description: 'An access token, and a refresh token for the next one', body: TokensView } },
      problems: ['wrong_credentials', 'too_many_attempts'],
    },
    async (ctx, { body }) => {
      ctx.status = 201;
      ctx.body = presentTokens(await signIn(dependencies, { ...body, ip: ctx.ip }));
    },
  );

  routes.post(
    '/sessions/refresh',
    {
      id: 'refreshSession',
      summary: 'Get the next access token',
      description:
        'A refresh token is good once. One that comes again ends its session, also when two send it at once: one gets the next tokens, the other ends them. Whoever loses an answer signs in again.',
      access: to('sessions.refresh'),
      request: { body: Refresh },
      answers: { 200: { description: 'The next access token and the next refresh token', body: TokensView } },
      problems: ['invalid_refresh_token'],
    },
    async (ctx, { body }) => {
      ctx.body = presentTokens(await refreshSession(dependencies, body.refreshToken));
    },
  );

  routes.get(
    '/.well-known/jwks.json',
    {
      id: 'readKeys',
      summary: 'The public keys that access tokens are verified with',
      access: to('keys.read'),
      answers: { 200: { description: 'A JSON Web Key Set (RFC 7517)', body: KeySet } },
    },
    (ctx) => {
      ctx.set('Cache-Control', 'public, max-age=300');
      ctx.body = dependencies.tokens.jwks;
    },
  );

  return routes;
}

function mySessionRoutes(dependencies: Dependencies): DescribedRoutes {
  const to = accessOf(dependencies);
  const routes = describedRoutes({ tag: 'Sessions', problems });

  routes.get(
    '/sessions',
    {
      id: 'listSessions',
      summary: 'List where you are signed in, newest first',
      access: to('sessions.read'),
      answers: { 200: { description: 'Your sessions', body: SessionList } },
    },
    async (ctx) => {
      const caller = callerOf(ctx);
      const sessions = await listSessions(dependencies, caller);
      ctx.body = { sessions: sessions.map((session) => presentSession(session, caller.sessionId)) };
    },
  );

  routes.delete(
    '/sessions',
    {
      id: 'endOtherSessions',
      summary: 'Sign out everywhere but here',
      access: to('sessions.end'),
      answers: { 204: { description: 'Done' } },
    },
    async (ctx) => {
      await endOtherSessions(dependencies, callerOf(ctx));
      ctx.status = 204;
    },
  );

  routes.delete(
    '/sessions/current',
    {
      id: 'signOut',
      summary: 'Sign out',
      description: 'The access token is refused here from now on; ticket-app takes it until it expires.',
      access: to('sessions.end'),
      answers: { 204: { description: 'Signed out' } },
      problems: ['session_not_found'],
    },
    async (ctx) => {
      const caller = callerOf(ctx);
      await endSession(dependencies, caller, caller.sessionId);
      ctx.status = 204;
    },
  );

  routes.delete(
    '/sessions/:sessionId',
    {
      id: 'endSession',
      summary: 'Sign out somewhere else',
      access: to('sessions.end'),
      request: { params: strictObject({ sessionId: Id }) },
      answers: { 204: { description: 'Ended' } },
      problems: ['session_not_found'],
    },
    async (ctx, { params }) => {
      await endSession(dependencies, callerOf(ctx), params.sessionId);
      ctx.status = 204;
    },
  );

  return routes;
}
