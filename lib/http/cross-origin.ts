import cors from '@koa/cors';
import type { Middleware } from 'koa';

/** How long a browser need not ask again what is allowed. */
const preflightSeconds = 600;

/**
 * Lets the scripts of front ends from these origins (`https://tickets.example`) call from a browser and read the answers.
 * Nothing is sent or kept by the browser on its own: people are known by a token in a header, there are no cookies.
 */
export function answersBrowsersFrom(origins: readonly string[]): Middleware {
  const known = new Set(origins);
  return cors({
    origin: (ctx) => (known.has(ctx.get('Origin')) ? ctx.get('Origin') : ''),
    allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: [
      'Authorization',
      'Content-Type',
      'Idempotency-Key',
      'If-Match',
      'If-None-Match',
      'Last-Event-ID',
      'X-Request-Id',
    ],
    exposeHeaders: ['ETag', 'Location', 'Retry-After', 'X-Request-Id', 'Content-Disposition'],
    maxAge: preflightSeconds,
    credentials: false,
  });
}
