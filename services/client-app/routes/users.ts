import type { Context } from 'koa';
import { Type } from 'typebox';
import { Role } from '../../../lib/auth/access-token.ts';
import { Id } from '../../../lib/contracts/primitives.ts';
import { etagOf, ifMatch } from '../../../lib/http/conditional.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { accessOf } from '../auth/access.ts';
import { callerOf } from '../auth/signed-in.ts';
import { changeUser, deleteUser, listUsers, readUser, registerUser } from '../commands/users.ts';
import type { Dependencies } from '../dependencies.ts';
import type { User } from '../models/users.ts';
import { presentUser, UserView } from '../presenters/user.ts';
import { problems } from '../problems.ts';
import { pageQuery } from './page.ts';

/** No control characters, and something in it. */
const Name = Type.String({
  minLength: 1,
  maxLength: 120,
  pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f]+$',
});
/** RFC 5321: 254 octets at most. ASCII, since the format takes letters that only look like it, e.g. U+017F for s. */
const Email = Type.String({ format: 'email', maxLength: 254, pattern: '^[\\x21-\\x7e]+$' });
/** Length is what counts (NIST SP 800-63B); the upper end bounds the work of hashing. */
const NewPassword = Type.String({ minLength: 10, maxLength: 128 });
const GivenPassword = Type.String({ minLength: 1, maxLength: 128 });

const Registration = strictObject({ name: Name, email: Email, password: NewPassword });
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
const ETag = 'The version; send it as `If-Match` to change no other one';

function show(ctx: Context, user: User): void {
  ctx.set('ETag', etagOf(user.version));
  ctx.body = presentUser(user);
}

/** Registration, and the people themselves (C1). Another's account answers 404: ids tell nothing to strangers. */
export function userRoutes(dependencies: Dependencies): DescribedRoutes {
  const to = accessOf(dependencies);
  const routes = describedRoutes({ tag: 'Users', problems });

  routes.post(
    '/users',
    {
      id: 'register',
      summary: 'Register as a buyer',
      access: to('users.create'),
      idempotencyKey: 'optional',
      request: { body: Registration },
      answers: {
        201: { description: 'Registered; sign in next', body: UserView, headers: { Location: 'The user', ETag } },
      },
      problems: ['email_taken', 'too_many_attempts'],
    },
    async (ctx, { body, key }) => {
      const user = await registerUser(dependencies, body, { ip: ctx.ip, key });
      ctx.status = 201;
      ctx.set('Location', `/users/${user._id}`);
      show(ctx, user);
    },
  );

  routes.get(
    '/users',
    {
      id: 'listUsers',
      summary: 'List all users, newest first',
      access: to('users.list'),
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
      access: to('users.read'),
      answers: { 200: { description: 'You', body: UserView, headers: { ETag } } },
      problems: ['user_not_found'],
    },
    async (ctx) => {
      const caller = callerOf(ctx);
      show(ctx, await readUser(dependencies, caller, caller.userId));
    },
  );

  routes.get(
    '/users/:userId',
    {
      id: 'readUser',
      summary: 'Read an account: your own, or as an admin any',
      access: to('users.read'),
      request: { params: one },
      answers: { 200: { description: 'The user', body: UserView, headers: { ETag } } },
      problems: ['user_not_found'],
    },
    async (ctx, { params }) => {
      show(ctx, await readUser(dependencies, callerOf(ctx), params.userId));
    },
  );

  routes.patch(
    '/users/:userId',
    {
      id: 'changeUser',
      summary: 'Change an account: your own, or as an admin any',
      description:
        'Your own address and password change only with `currentPassword`; roles are changed by admins only. Another password ends all other sessions.',
      access: to('users.change'),
      request: { params: one, body: UserChanges },
      headers: { 'If-Match': 'Changes the user only if it is of this version. Without it, of any.' },
      answers: { 200: { description: 'The user as it now is', body: UserView, headers: { ETag } } },
      problems: [
        'version_mismatch',
        'user_not_found',
        'email_taken',
        'current_password_required',
        'wrong_password',
        'too_many_attempts',
        'last_admin',
      ],
    },
    async (ctx, { params, body }) => {
      const { userId } = params;
      show(ctx, await changeUser(dependencies, callerOf(ctx), { userId, patch: body, version: ifMatch(ctx) }));
    },
  );

  routes.delete(
    '/users/:userId',
    {
      id: 'deleteUser',
      summary: 'Delete an account: your own, or as an admin any',
      description:
        'What names the person goes; bookings stay, under an id that names nobody. The places in queues are left.',
      access: to('users.delete'),
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
