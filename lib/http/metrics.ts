import type { Middleware } from 'koa';
import { collectDefaultMetrics, Histogram, type Registry } from 'prom-client';

/** Times each request by method, route pattern (never the raw path: ids would make a series each) and status. */
export function countRequests(registry: Registry, service: string): Middleware {
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return async (ctx, next) => {
    const done = seconds.startTimer();
    await next();
    done({ method: ctx.method, route: String(ctx._matchedRoute ?? 'none'), status: String(ctx.status) });
  };
}
