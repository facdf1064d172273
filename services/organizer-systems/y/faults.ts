import type { Middleware } from 'koa';
import { Type } from 'typebox';
import { asProblem } from '../../../lib/http/app.ts';
import type { Answer } from '../../../lib/http/routes.ts';

const Fault = Type.Object({
  fault: Type.Object({
    code: Type.String({ examples: ['UNKNOWN_REF'] }),
    text: Type.String({ description: 'For people.' }),
    field: Type.Optional(Type.String({ examples: ['body.places'] })),
  }),
});
const fault = (description: string): Answer => ({ description, body: Fault });

/** What each call may be refused with. */
export const faults = {
  400: fault('`INVALID_REQUEST`, `UNKNOWN_FIELD`, `INVALID_CURSOR`: `field` names what is wrong'),
  401: fault('`BAD_SIGNATURE`: key, time or signature is not right'),
  500: fault('`INTERNAL_ERROR`'),
  503: fault('`OVERLOADED`, `DATABASE_UNAVAILABLE`: try again'),
};
export const unknownRef = fault('`UNKNOWN_REF`: nothing was ever allotted under this ref');
export const refInUse = fault('`REF_IN_USE`: this ref belongs to other places');

/** Y knows no problem+json: `{fault: {code, text}}`, codes in capitals. */
export const inWordsOfY: Middleware = async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    const problem = asProblem(error, ctx);
    ctx.status = problem.status;
    ctx.set(problem.headers);
    ctx.body = { fault: { code: problem.code.toUpperCase(), text: problem.message, ...problem.members } };
  }
};
