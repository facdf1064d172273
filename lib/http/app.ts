import { randomUUID } from 'node:crypto';
import { METHODS } from 'node:http';
import Router from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';
import { Registry } from 'prom-client';
import { limits } from '../contracts/limits.ts';
import type { Logger } from '../logging/logger.ts';
import { isDatabaseAway } from '../mongo/away.ts';
import { checkAnswers } from '../openapi/conformance.ts';
import type { ApiInfo } from '../openapi/document.ts';
import { referenceRoutes } from '../openapi/reference-page.ts';
import { tracedRequests } from '../tracing/http.ts';
import { isTracing } from '../tracing/tracing.ts';
import { readsBodies } from './body.ts';
import { compressesAnswers } from './compression.ts';
import { answersBrowsersFrom } from './cross-origin.ts';
import { type HealthChecks, healthRoutes } from './health.ts';
import { countRequests } from './metrics.ts';
import { Problem, unavailable } from './problem.ts';
import { type AddressLimit, limitsAddresses } from './request-limit.ts';
import type { DescribedRoutes, Operation } from './routes.ts';

export interface AppParts {
  name: string;
  log: Logger;
  /** What `/readyz` asks, by name; each rejects when the dependency is away. */
  checks: HealthChecks;
  /** What `/openapi.json` and `/docs` say of the service. */
  api: ApiInfo;
  routes: readonly DescribedRoutes[];
  metrics?: Registry;
  /** Set where a service stands behind no proxy of ours but is called by forms (the payment page). */
  acceptsForms?: boolean;
  /** Proxies in front, whose X-Forwarded-For is believed: `ctx.ip` is whom the outermost of them saw. None by default. */
  trustedProxies?: number;
  /** Where people's clients call by themselves. */
  addressLimit?: AddressLimit;
  /** Origins of front ends whose scripts may read the answers in browsers. None by default. */
  corsOrigins?: readonly string[];
}

/** Neighbours that did not answer, Temporal's client among them (by name, since `lib/` knows nothing of it). */
const neighbourAway = new Set([
  'NeighbourUnavailable',
  'ServiceError',
  'WorkflowUpdateRPCTimeoutOrCancelledError',
  'CalleeAway',
]);

/** Everything that reaches a caller as an error passes here, and leaves as a problem without a stack trace. */
export function asProblem(error: unknown, ctx: Context): Problem {
  if (error instanceof Problem) return error;
  if (isDatabaseAway(error)) {
    return unavailable('database_unavailable', 'The database is away; try again in a moment.');
  }
  if (error instanceof Error && neighbourAway.has(error.name)) {
    ctx.log.warn({ reason: error.message }, 'a neighbour is away');
    return unavailable('neighbour_unavailable', 'A service that is needed for this is away; try again in a moment.');
  }
  const status = (error as { status?: unknown }).status;
  const type = (error as { type?: unknown }).type;
  if (type === 'entity.too.large' || status === 413) {
    return new Problem(413, 'body_too_large', `The body is larger than ${limits.bodyBytes / 1024} kB.`, {
      field: 'body',
    });
  }
  // What says that it is compressed and is not.
  const isBrokenArchive = /^Z_/.test(String((error as { code?: unknown }).code));
  if (status === 400 || isBrokenArchive)
    return new Problem(400, 'malformed_body', 'The body could not be parsed.', { field: 'body' });
  if (status === 415) return new Problem(415, 'unsupported_media_type', 'Send JSON.', { field: 'body' });
  ctx.log.error({ err: error }, 'unexpected error');
  return new Problem(500, 'internal_error', `Something went wrong here; quote request ${ctx.state.requestId}.`);
}

const problems: Middleware = async (ctx, next) => {
  try {
    await next();
    if (ctx.status === 404 && ctx.body === undefined)
      throw new Problem(404, 'route_not_found', 'There is no such route.');
    if (ctx.status === 405 && ctx.body === undefined)
      throw new Problem(405, 'method_not_allowed', `This route takes ${ctx.response.get('Allow')}.`);
  } catch (error) {
    const problem = asProblem(error, ctx);
    ctx.status = problem.status;
    ctx.set(problem.headers);
    ctx.body = problem.toJSON();
    ctx.type = 'application/problem+json';
  }
};

const requestIds =
  (log: Logger): Middleware =>
  async (ctx, next) => {
    const given = ctx.get('X-Request-Id');
    ctx.state.requestId = /^[A-Za-z0-9-]{8,64}$/.test(given) ? given : randomUUID();
    ctx.log = log.child({ requestId: ctx.state.requestId });
    ctx.set('X-Request-Id', ctx.state.requestId);
    const startedAt = performance.now();
    await next();
    const ms = Math.round(performance.now() - startedAt);
    ctx.log.debug({ method: ctx.method, route: ctx.routerPath ?? ctx.path, status: ctx.status, ms }, 'request');
  };

/** What every answer carries, unless its route says otherwise. HSTS is for the proxy that ends TLS to say. */
const headers: Middleware = async (ctx, next) => {
  ctx.set({
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Cross-Origin-Resource-Policy': 'same-origin',
  });
  await next();
};

/** A JSON route that is sent something else says so, rather than finding an empty body. */
const jsonOnly =
  (acceptsForms: boolean): Middleware =>
  async (ctx, next) => {
    const types = acceptsForms ? ['json', 'urlencoded', 'text/csv'] : ['json', 'text/csv'];
    if (ctx.request.length && !ctx.is(types)) {
      throw new Problem(415, 'unsupported_media_type', 'Send JSON, with Content-Type: application/json.', {
        field: 'body',
      });
    }
    await next();
  };

/** All routes in one router, so that a wrong method is told from a wrong path. */
function routerOf(operations: readonly Operation[]): Router {
  // It would answer 501 to a method it was not told of; every one is known, and not taken here: 405.
  const router = new Router({ methods: METHODS });
  for (const operation of operations) {
    const remember: Middleware = (ctx, next) => {
      ctx.state.operation = operation;
      return next();
    };
    router[operation.method](operation.path, remember, ...operation.middlewares);
  }
  return router;
}

/** Puts a service's routes behind what all services share: request ids, problems, limits, health, metrics. It does not listen. */
export function createApp(parts: AppParts): Koa {
  const metrics = parts.metrics ?? new Registry();
  const { trustedProxies = 0 } = parts;
  const app = new Koa({ proxy: trustedProxies > 0, maxIpsCount: trustedProxies });
  if (isTracing()) app.use(tracedRequests);
  app.use(requestIds(parts.log));
  app.use(countRequests(metrics, parts.name));
  app.use(headers);
  if (parts.corsOrigins?.length) app.use(answersBrowsersFrom(parts.corsOrigins));
  app.use(compressesAnswers());
  if (process.env.NODE_ENV === 'test') app.use(checkAnswers);
  app.use(problems);
  if (parts.addressLimit) app.use(limitsAddresses(parts.addressLimit));
  const described = [...parts.routes.flat(), ...healthRoutes(parts.checks, metrics)];
  const router = routerOf([...described, ...referenceRoutes(parts.api, described)]);
  app.use(jsonOnly(parts.acceptsForms === true));
  app.use(readsBodies(parts.acceptsForms === true));
  app.use(router.allowedMethods());
  app.use(router.routes());
  app.on('error', (error) => {
    // Who hangs up before all was written, or was cut off for not reading, is no error of ours.
    const isOver = ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'].includes(String(error.code));
    parts.log[isOver ? 'debug' : 'error']({ err: error }, 'connection error');
  });
  return app;
}

declare module 'koa' {
  interface DefaultContext {
    log: Logger;
  }
}
