import type { Readable } from 'node:stream';
import type { Context } from 'koa';

export const eventStreamType = 'text/event-stream';

/** Answers with server-sent events: written as they come, by no proxy held back, compressed by nobody. */
export function answerWithEvents(ctx: Context, stream: Readable): void {
  ctx.compress = false;
  ctx.status = 200;
  ctx.set('X-Accel-Buffering', 'no');
  ctx.type = eventStreamType;
  ctx.body = stream;
}
