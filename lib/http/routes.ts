import type { Context, Middleware } from 'koa';
import type { TSchema } from 'typebox';
import type { Permission } from '../auth/permissions.ts';
import type { SecuritySchemeName } from '../openapi/security-schemes.ts';
import { idempotencyKey, requiredIdempotencyKey } from './idempotency-key.ts';
import { type CommonProblem, commonProblems, type ProblemCatalogue, type ProblemEntry } from './problem-catalogue.ts';
import { type RequestOf, type RequestSchemas, request } from './request.ts';

/** An answer that is not a problem. Without `body` and `mediaType` it is empty. */
export interface Answer {
  description: string;
  /** Of a JSON answer. */
  body?: TSchema;
  /** Of any other answer, e.g. `application/pdf`. */
  mediaType?: string;
  /** Name → what it tells. */
  headers?: Readonly<Record<string, string>>;
  /** Made from the schema if not given. */
  example?: unknown;
}

/** Who may use a route, by a line of the permission table, and what keeps the others out. */
export interface RouteAccess {
  permission: Permission;
  /** Throws a problem for whoever may not. */
  guard?: Middleware;
  /** Any one of these lets in; none: anybody may. */
  security: readonly SecuritySchemeName[];
  problems: readonly CommonProblem[];
}

type KeyRule = 'required' | 'optional' | undefined;

export interface RouteDescription<Code extends string, R extends RequestSchemas, Key extends KeyRule> {
  /** Unique in the service; programs made from the API page name their functions by it. */
  id: string;
  summary: string;
  description?: string;
  access: RouteAccess;
  idempotencyKey?: Key;
  /** Parsed before the handler runs; what does not fit is refused with 400. */
  request?: R;
  /** A body that the handler reads by itself. */
  rawBody?: { mediaType: string; schema?: TSchema; description: string };
  /** Request headers that the handler reads by itself. */
  headers?: Readonly<Record<string, string>>;
  answers: Readonly<Record<number, Answer>>;
  /** Beside those that follow from the access, the schemas and the key. */
  problems?: readonly (Code | CommonProblem)[];
  /** Stand around access and handler, first one outermost: for routes whose faults are no JSON. */
  around?: readonly Middleware[];
}

export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  path: string;
  tag: string;
  description: RouteDescription<string, RequestSchemas, KeyRule>;
  /** Code → entry, of every problem it may answer with. */
  problems: ProblemCatalogue;
  middlewares: Middleware[];
}

/** Routes of one kind, each with its description. */
export type DescribedRoutes = readonly Operation[];

type HandlerInput<R extends RequestSchemas, Key extends KeyRule> = RequestOf<R> & {
  key: Key extends 'required' ? string : string | undefined;
};

type Declare<Code extends string> = <R extends RequestSchemas = object, Key extends KeyRule = undefined>(
  path: string,
  description: RouteDescription<Code, R, Key>,
  handler: (ctx: Context, input: HandlerInput<R, Key>) => unknown,
) => void;

export interface RouteList<Code extends string> extends Array<Operation> {
  get: Declare<Code>;
  post: Declare<Code>;
  put: Declare<Code>;
  patch: Declare<Code>;
  delete: Declare<Code>;
}

/** Whoever watches a service must not be turned away by it. */
const uncounted: ReadonlySet<string> = new Set<Permission>(['health.read', 'metrics.read']);

/** The codes that follow from what a route says of itself. */
function impliedProblems({ access, idempotencyKey: key, request: schemas, rawBody }: Operation['description']) {
  const implied: CommonProblem[] = ['internal_error', 'database_unavailable', ...access.problems];
  if (!uncounted.has(access.permission)) implied.push('too_many_requests');
  if (schemas?.params || schemas?.query || schemas?.body) implied.push('invalid_request', 'unknown_field');
  if (schemas?.body || rawBody)
    implied.push('malformed_body', 'body_too_slow', 'body_too_large', 'unsupported_media_type');
  if (key) implied.push('idempotency_key_invalid', 'idempotency_key_reused');
  if (key === 'required') implied.push('idempotency_key_missing');
  return implied;
}

const keyOf = (rule: KeyRule, ctx: Context): string | undefined => {
  if (rule === 'required') return requiredIdempotencyKey(ctx);
  return rule === 'optional' ? idempotencyKey(ctx) : undefined;
};

/**
 * A list to which routes are added, each told once: `createApp` serves them and the API page is made of them. `problems`
 * is the service's catalogue; a route names the codes it may answer with.
 */
export function describedRoutes<const C extends ProblemCatalogue>(about: {
  tag: string;
  problems: C;
}): RouteList<Extract<keyof C, string>> {
  type Code = Extract<keyof C, string>;
  const catalogue: ProblemCatalogue = { ...commonProblems, ...about.problems };
  const list: Operation[] = [];

  const declare =
    (method: Operation['method']): Declare<Code> =>
    (path, description, handler) => {
      const told = description as unknown as Operation['description'];
      const read = request(told.request ?? {});
      const codes = [...new Set<string>([...impliedProblems(told), ...(told.problems ?? [])])];
      const handle: Middleware = async (ctx) => {
        await handler(ctx, { ...read(ctx), key: keyOf(told.idempotencyKey, ctx) } as never);
      };
      list.push({
        method,
        path,
        tag: about.tag,
        description: told,
        problems: Object.fromEntries(codes.map((code) => [code, catalogue[code] as ProblemEntry])),
        middlewares: [...(told.around ?? []), ...(told.access.guard ? [told.access.guard] : []), handle],
      });
    };

  return Object.assign(list, {
    get: declare('get'),
    post: declare('post'),
    put: declare('put'),
    patch: declare('patch'),
    delete: declare('delete'),
  });
}
