import type { Context } from 'koa';
import type { Static, TSchema } from 'typebox';
import { invalidRequest, Problem } from '../http/problem.ts';
import { compile, NotOfSchema, type Validator } from '../schema/ajv.ts';
import { verifyWebhook } from './signature.ts';

/**
 * Reads a signed webhook. Throws 401 `webhook_forged` (wrong signature, or older than 5 minutes), 400 for a body that is
 * not of the contract. Unknown fields are ignored, so that sender and receiver need not be deployed together.
 */
export function verifiedWebhook<S extends TSchema>(secrets: readonly string[], schema: S) {
  const validator = compile(schema);
  return (ctx: Context): { webhookId: string; payload: Static<S> } => {
    const verified = verifyWebhook(secrets, ctx.request.rawBody ?? '', ctx.headers);
    if (verified.outcome === 'forged') {
      throw new Problem(401, 'webhook_forged', 'The signature does not fit, or the timestamp is too old or too new.');
    }
    if (verified.outcome === 'malformed') throw invalidRequest('body', 'is not JSON', 'malformed_body');
    return { webhookId: verified.webhookId, payload: bodyOf(validator, verified.payload) };
  };
}

/** The body of a webhook, typed. Throws 400 `invalid_request`, naming the field. */
export function bodyOf<S extends TSchema>(validator: Validator<S>, body: unknown): Static<S> {
  try {
    return validator.parse(body);
  } catch (error) {
    if (!(error instanceof NotOfSchema)) throw error;
    throw invalidRequest(`body.${error.field}`, error.message);
  }
}
