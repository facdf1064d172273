import type { Context } from 'koa';
import { type Static, type TSchema, Type } from 'typebox';
import { compile, compileForText, NotOfSchema, type Validator } from '../schema/ajv.ts';
import { invalidRequest } from './problem.ts';

export interface RequestSchemas {
  params?: TSchema;
  query?: TSchema;
  body?: TSchema;
}

export type RequestOf<R extends RequestSchemas> = { [K in keyof R]: R[K] extends TSchema ? Static<R[K]> : never };

function parse<S extends TSchema>(part: string, validator: Validator<S>, value: unknown): Static<S> {
  try {
    return validator.parse(value);
  } catch (error) {
    if (!(error instanceof NotOfSchema)) throw error;
    const field = [part, error.field].filter((name) => name !== '').join('.');
    throw invalidRequest(
      field,
      error.message,
      error.rule === 'additionalProperties' ? 'unknown_field' : 'invalid_request',
    );
  }
}

/**
 * Declares what a route accepts; the function it returns reads a request by it.
 * Throws a 400 problem `invalid_request` or `unknown_field` that names the field.
 */
export function request<R extends RequestSchemas>(schemas: R): (ctx: Context) => RequestOf<R> {
  const params = schemas.params && compileForText(schemas.params);
  const query = schemas.query && compileForText(schemas.query);
  const body = schemas.body && compile(schemas.body);
  return (ctx) =>
    ({
      ...(params && { params: parse('path', params, { ...ctx.params }) }),
      ...(query && { query: parse('query', query, { ...ctx.query }) }),
      ...(body && { body: parse('body', body, ctx.request.body ?? {}) }),
    }) as RequestOf<R>;
}

/** An object from people, in which an unknown field is refused; services among themselves use `Type.Object`, which ignores them. */
export const strictObject: typeof Type.Object = (properties, options) =>
  Type.Object(properties, { ...options, additionalProperties: false } as never);
