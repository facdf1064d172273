import { Type } from 'typebox';
import { Role } from '../../../lib/auth/access-token.ts';
import { Id } from '../../../lib/contracts/primitives.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { toAdmins, toAnybody, toSignedIn } from '../auth/access.ts';
import { callerOf } from '../auth/signed-in.ts';
import { changeUser, deleteUser, listUsers, readUser, registerUser, signIn } from '../commands/users.ts';
import type { Dependencies } from '../dependencies.ts';
import { SessionView } from '../presenters/session.ts';
import { presentUser, UserView } from '../presenters/user.ts';
import { problems } from '../problems.ts';
import { pageQuery } from './page.ts';

/** No control characters, and something in it. */
const Name = Type.String({
  minLength: 1,
  maxLength: 120,
  pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f]+$',
});
/** RFC 5321: 254 octets at most. */
const Email = Type.String({ format: 'email', maxLength: 254 });
/** Length is what counts (NIST SP 800-63B); the upper end bounds the work of hashing. */
const NewPassword = Type.String({ minLength: 10, maxLength: 128 });
const GivenPassword = Type.String({ minLength: 1, maxLength: 128 });

const Registration = strictObject({ name: Name, email: Email, password: NewPassword });
const Credentials = strictObject({ email: Type.String({ minLength: 1, maxLength: 254 }), password: GivenPassword });
const UserChanges = strictObject(
  {
    name: Type.Optional(Name),
    email: Type.Optional(Email),
    password: Type.Optional(NewPassword),
    currentPassword: Type.Optional(
      Type.String({
        ...GivenPassword,
        description: 'Needed by whoever changes their own address or password.',
      }),
    ),
    role: Type.Optional(Role),
  },
  { minProperties: 1 },
);
const one = strictObject({ userId: Id });
const UserPage = Type.Object({ users: Type.Array(UserView), nextCursor: Type.Optional(Type.String()) });
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

/** Registration, sign-in, and the people themselves (C1). Another's account answers 404: ids tell nothing to strangers. */
export function userRoutes(dependencies: Dependencies): DescribedRoutes {
  return [...signInRoutes(dependencies), ...accountRoutes(dependencies)];
}

function signInRoutes(dependencies: Dependencies): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Sessions', problems });

  routes.post(
    '/sessions',
    {
      id: 'signIn',
      summary: 'Sign in',
      description: 'An unknown address and a wrong password have the same answer.',
      access: toAnybody('sessions.create'),
      request: { body: Credentials },
      answers: { 201: { description: 'An access token', body: SessionView } },
      problems: ['wrong_credentials'],
    },
    async (ctx, { body }) => {
      const { accessToken, expiresIn } = await signIn(dependencies, body.email, body.password);
      ctx.status = 201;
      ctx.body = { accessToken, tokenType: 'Bearer', expiresIn };
    },
  );

  routes.get(
    '/.well-known/jwks.json',
    {
      id: 'readKeys',
      summary: 'The public keys that access tokens are verified with',
      access: toAnybody('keys.read'),
      answers: { 200: { description: 'A JSON Web Key Set (RFC 7517)', body: KeySet } },
    },
    (ctx) => {
      ctx.set('Cache-Control', 'public, max-age=300');
      ctx.body = dependencies.tokens.jwks;
    },
  );

  return routes;
}

function accountRoutes(dependencies: Dependencies): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Users', problems });

  routes.post(
    '/users',
    {
      id: 'register',
      summary: 'Register as a buyer',
      access: toAnybody('users.create'),
      request: { body: Registration },
      answers: { 201: { description: 'Registered; sign in next', body: UserView, headers: { Location: 'The user' } } },
      problems: ['email_taken'],
    },
    async (ctx, { body }) => {
      const user = await registerUser(dependencies, body);
      ctx.status = 201;
      ctx.set('Location', `/users/${user._id}`);
      ctx.body = presentUser(user);
    },
  );

  routes.get(
    '/users',
    {
      id: 'listUsers',
      summary: 'List all users, newest first',
      access: toAdmins('users.list', dependencies),
      request: { query: strictObject(pageQuery) },
      answers: { 200: { description: 'A page; without `nextCursor` it is the last one', body: UserPage } },
      problems: ['invalid_cursor'],
    },
    async (ctx, { query }) => {
      const { rows, nextCursor } = await listUsers(dependencies, query);
      ctx.body = { users: rows.map(presentUser), ...(nextCursor && { nextCursor }) };
    },
  );

  routes.get(
    '/users/me',
    {
      id: 'readMe',
      summary: 'Read your own account',
      access: toSignedIn('users.read', dependencies),
      answers: { 200: { description: 'You', body: UserView } },
      problems: ['user_not_found'],
    },
    async (ctx) => {
      const caller = callerOf(ctx);
      ctx.body = presentUser(await readUser(dependencies, caller, caller.userId));
    },
  );

  routes.get(
    '/users/:userId',
    {
      id: 'readUser',
      summary: 'Read an account: your own, or as an admin any',
      access: toSignedIn('users.read', dependencies),
      request: { params: one },
      answers: { 200: { description: 'The user', body: UserView } },
      problems: ['user_not_found'],
    },
    async (ctx, { params }) => {
      ctx.body = presentUser(await readUser(dependencies, callerOf(ctx), params.userId));
    },
  );

  routes.patch(
    '/users/:userId',
    {
      id: 'changeUser',
      summary: 'Change an account: your own, or as an admin any',
      description:
        'Your own address and password change only with `currentPassword`; roles are changed by admins only.',
      access: toSignedIn('users.change', dependencies),
      request: { params: one, body: UserChanges },
      answers: { 200: { description: 'The user as it now is', body: UserView } },
      problems: ['user_not_found', 'email_taken', 'current_password_required', 'wrong_password', 'last_admin'],
    },
    async (ctx, { params, body }) => {
      ctx.body = presentUser(await changeUser(dependencies, callerOf(ctx), params.userId, body));
    },
  );

  routes.delete(
    '/users/:userId',
    {
      id: 'deleteUser',
      summary: 'Delete an account: your own, or as an admin any',
      description:
        'What names the person goes; bookings stay, under an id that names nobody. The places in queues are left.',
      access: toSignedIn('users.delete', dependencies),
      request: { params: one },
      answers: { 204: { description: 'Deleted' } },
      problems: [
        'user_not_found',
        'user_has_bookings',
        'last_admin',
        'offered',
        'waitlist_entry_not_found',
        'waitlist_entry_not_begun',
        'ticketing_unavailable',
      ],
    },
    async (ctx, { params }) => {
      await deleteUser(dependencies, callerOf(ctx), params.userId);
      ctx.status = 204;
    },
  );

  return routes;
}
