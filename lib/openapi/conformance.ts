import { Readable } from 'node:stream';
import type { Context, Middleware } from 'koa';
import type { TSchema } from 'typebox';
import type { Answer, Operation } from '../http/routes.ts';
import { compile, NotOfSchema, type Validator } from '../schema/ajv.ts';
import { problemSchema } from './document.ts';

/** The same schema with every object closed, so that a field nobody described is found. Parts of an intersection stay open. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  if ('allOf' in node) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, part]) => [key, closed(part)]));
  const isObject = copy.type === 'object' && 'properties' in copy && !('additionalProperties' in copy);
  return isObject ? { ...copy, additionalProperties: false } : copy;
}

const validators = new WeakMap<TSchema, Validator<TSchema>>();
function validatorOf(schema: TSchema): Validator<TSchema> {
  const known = validators.get(schema) ?? compile(closed(schema) as TSchema);
  validators.set(schema, known);
  return known;
}

const problemSchemas = new WeakMap<object, TSchema>();
function schemaOfProblem(code: string, entry: Operation['problems'][string]): TSchema {
  const known = problemSchemas.get(entry) ?? problemSchema(code, entry);
  problemSchemas.set(entry, known);
  return known;
}

/** What a JSON answer says; a stream, or what is packed, is not looked into. Throws a `SyntaxError` for what is no JSON. */
function contentOf({ body, response }: Context): unknown {
  if (body instanceof Readable || response.get('Content-Encoding')) return undefined;
  return JSON.parse(Buffer.isBuffer(body) || typeof body === 'string' ? body.toString() : JSON.stringify(body));
}

function faultOfContent(schema: TSchema, content: unknown): string | undefined {
  try {
    validatorOf(schema).parse(content);
    return undefined;
  } catch (error) {
    if (!(error instanceof NotOfSchema)) throw error;
    return `${error.field || 'the body'} ${error.message}`;
  }
}

function faultOfAnswer(answer: Answer, ctx: Context): string | undefined {
  const { body, type } = ctx;
  if (answer.body) {
    if (type !== 'application/json') return `it is ${type || 'empty'}, not JSON`;
    const content = contentOf(ctx);
    return content === undefined ? undefined : faultOfContent(answer.body, content);
  }
  if (answer.mediaType === '*/*') return undefined;
  if (answer.mediaType)
    return type === answer.mediaType ? undefined : `it is ${type || 'empty'}, not ${answer.mediaType}`;
  return body === undefined || body === null || body === '' || ctx.status === 303 ? undefined : 'it has a body';
}

function faultOfProblem({ problems }: Operation, ctx: Context): string | undefined {
  const content = contentOf(ctx);
  const { code } = content as { code?: unknown };
  const entry = typeof code === 'string' ? problems[code] : undefined;
  if (!entry || entry.status !== ctx.status)
    return `the problem ${ctx.status} ${String(code)} is not among its problems`;
  return faultOfContent(schemaOfProblem(String(code), entry), content);
}

/** What of an answer is not as its route was described, or undefined. */
export function faultOf(operation: Operation, ctx: Context): string | undefined {
  const answer = operation.description.answers[ctx.status];
  try {
    if (ctx.type === 'application/problem+json') return faultOfProblem(operation, ctx);
    return answer ? faultOfAnswer(answer, ctx) : `${ctx.status} is not among its answers`;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return 'it is no JSON';
  }
}

/** In tests: an answer that its route's description does not know becomes a 500, so that no test can pass over it. */
export const checkAnswers: Middleware = async (ctx, next) => {
  await next();
  const operation = ctx.state.operation as Operation | undefined;
  const fault = operation && ctx.respond !== false ? faultOf(operation, ctx) : undefined;
  if (!operation || fault === undefined) return;
  const detail = `${operation.method.toUpperCase()} ${operation.path} answered ${ctx.status} undescribed: ${fault}.`;
  ctx.log.error({ answer: ctx.status, fault, route: operation.path }, 'undescribed answer');
  ctx.status = 500;
  ctx.body = { status: 500, code: 'undescribed_answer', detail };
  ctx.type = 'application/problem+json';
};
