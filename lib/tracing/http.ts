import { context, propagation, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { type AxiosResponse, type InternalAxiosRequestConfig, isAxiosError } from 'axios';
import type { Middleware } from 'koa';
import { isTracing, tracer } from './tracing.ts';

/** They are asked every few seconds, and say nothing of a booking. */
const probes = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * A span for each request, the child of the caller's. It holds the route's pattern and never the path or the query: those
 * have ids, and of payment URLs the token.
 */
export const tracedRequests: Middleware = async (ctx, next) => {
  if (probes.has(ctx.path)) return next();
  const parent = propagation.extract(context.active(), ctx.headers);
  const options = { kind: SpanKind.SERVER, attributes: { 'http.request.method': ctx.method } };
  await tracer().startActiveSpan(ctx.method, options, parent, async (span) => {
    try {
      await next();
    } finally {
      const route = ctx._matchedRoute ? String(ctx._matchedRoute) : 'none';
      span.updateName(`${ctx.method} ${route}`);
      span.setAttributes({ 'http.route': route, 'http.response.status_code': ctx.status });
      if (ctx.state.requestId) span.setAttribute('kursi.request_id', String(ctx.state.requestId));
      if (ctx.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    }
  });
};

/**
 * A span for a call of another service, which the callee's is the child of. It names the callee, not the address. Nothing
 * is added while tracing is off.
 */
export async function tracedCall(
  callee: string,
  config: InternalAxiosRequestConfig,
  send: () => Promise<AxiosResponse>,
): Promise<AxiosResponse> {
  if (!isTracing()) return send();
  const method = (config.method ?? 'get').toUpperCase();
  const attributes = { 'peer.service': callee, 'http.request.method': method };
  return tracer().startActiveSpan(`${method} ${callee}`, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    try {
      propagation.inject(context.active(), config.headers, {
        set: (headers: InternalAxiosRequestConfig['headers'], name, value) => headers.set(name, value),
      });
      const answer = await send();
      span.setAttribute('http.response.status_code', answer.status);
      if (answer.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      return answer;
    } catch (error) {
      const code = isAxiosError(error) ? error.code : undefined;
      span.setStatus({ code: SpanStatusCode.ERROR, ...(code !== undefined && { message: code }) });
      throw error;
    } finally {
      span.end();
    }
  });
}
