import Router from '@koa/router';
import type { Registry } from 'prom-client';

/** Each check resolves when the dependency of that name answers, and rejects when it does not. */
export type HealthChecks = Record<string, () => Promise<unknown>>;

const patienceMs = 2_000;

async function ask(check: () => Promise<unknown>): Promise<'ok' | string> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), patienceMs);
  });
  try {
    await Promise.race([check(), tooLong]);
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message.split('\n', 1)[0] || error.name : 'away';
  } finally {
    clearTimeout(timer);
  }
}

/** GET /healthz (alive), /readyz (each dependency by name; 503 until all answer), /metrics (Prometheus). */
export function healthRoutes(checks: HealthChecks, metrics: Registry): Router {
  const router = new Router();
  router.get('/healthz', (ctx) => {
    ctx.body = { status: 'alive' };
  });
  router.get('/readyz', async (ctx) => {
    const names = Object.keys(checks);
    const answers = await Promise.all(Object.values(checks).map(ask));
    const ready = answers.every((answer) => answer === 'ok');
    ctx.status = ready ? 200 : 503;
    ctx.body = { ready, dependencies: Object.fromEntries(names.map((name, i) => [name, answers[i]])) };
  });
  router.get('/metrics', async (ctx) => {
    ctx.type = metrics.contentType;
    ctx.body = await metrics.metrics();
  });
  return router;
}
