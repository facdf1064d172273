import Router from '@koa/router';
import { Type } from 'typebox';
import { Role } from '../../../lib/auth/access-token.ts';
import { Id } from '../../../lib/contracts/primitives.ts';
import { request, strictObject } from '../../../lib/http/request.ts';
import { adminsOnly, callerOf, signedIn } from '../auth/signed-in.ts';
import { changeUser, deleteUser, listUsers, readUser, registerUser, signIn } from '../commands/users.ts';
import type { Dependencies } from '../dependencies.ts';
import { presentUser } from '../presenters/user.ts';
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

const register = request({ body: strictObject({ name: Name, email: Email, password: NewPassword }) });
const session = request({
  body: strictObject({ email: Type.String({ minLength: 1, maxLength: 254 }), password: GivenPassword }),
});
const one = request({ params: strictObject({ userId: Id }) });
const page = request({ query: strictObject(pageQuery) });
const patch = request({
  params: strictObject({ userId: Id }),
  body: strictObject(
    {
      name: Type.Optional(Name),
      email: Type.Optional(Email),
      password: Type.Optional(NewPassword),
      currentPassword: Type.Optional(GivenPassword),
      role: Type.Optional(Role),
    },
    { minProperties: 1 },
  ),
});

/** Registration, sign-in, and the people themselves (C1). Another's account answers 404: ids tell nothing to strangers. */
export function userRoutes(dependencies: Dependencies): Router {
  const router = new Router();
  const anyone = signedIn(dependencies);

  router.post('/users', async (ctx) => {
    const { body } = register(ctx);
    const user = await registerUser(dependencies, body);
    ctx.status = 201;
    ctx.set('Location', `/users/${user._id}`);
    ctx.body = presentUser(user);
  });

  router.post('/sessions', async (ctx) => {
    const { body } = session(ctx);
    const { accessToken, expiresIn } = await signIn(dependencies, body.email, body.password);
    ctx.status = 201;
    ctx.body = { accessToken, tokenType: 'Bearer', expiresIn };
  });

  router.get('/.well-known/jwks.json', (ctx) => {
    ctx.set('Cache-Control', 'public, max-age=300');
    ctx.body = dependencies.tokens.jwks;
  });

  router.get('/users', anyone, adminsOnly, async (ctx) => {
    const { rows, nextCursor } = await listUsers(dependencies, page(ctx).query);
    ctx.body = { users: rows.map(presentUser), ...(nextCursor && { nextCursor }) };
  });

  router.get('/users/me', anyone, async (ctx) => {
    const caller = callerOf(ctx);
    ctx.body = presentUser(await readUser(dependencies, caller, caller.userId));
  });

  router.get('/users/:userId', anyone, async (ctx) => {
    ctx.body = presentUser(await readUser(dependencies, callerOf(ctx), one(ctx).params.userId));
  });

  router.patch('/users/:userId', anyone, async (ctx) => {
    const { params, body } = patch(ctx);
    ctx.body = presentUser(await changeUser(dependencies, callerOf(ctx), params.userId, body));
  });

  router.delete('/users/:userId', anyone, async (ctx) => {
    await deleteUser(dependencies, callerOf(ctx), one(ctx).params.userId);
    ctx.status = 204;
  });

  return router;
}
