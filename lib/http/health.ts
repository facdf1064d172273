import type { Registry } from 'prom-client';
import { Type } from 'typebox';
import { accessBy } from './access.ts';
import { type DescribedRoutes, describedRoutes } from './routes.ts';

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

const to = accessBy({});

const Alive = Type.Object({ status: Type.Literal('alive') });
const Readiness = Type.Object({
  ready: Type.Boolean(),
  dependencies: Type.Record(Type.String(), Type.String(), { examples: [{ mongodb: 'ok' }] }),
});

/** GET /healthz (alive), /readyz (each dependency by name; 503 until all answer), /metrics (Prometheus). */
export function healthRoutes(checks: HealthChecks, metrics: Registry): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Health', problems: {} });
  routes.get(
    '/healthz',
    {
      id: 'readLiveness',
      summary: 'Whether the process is alive',
      access: to('health.read'),
      answers: { 200: { description: 'It is', body: Alive } },
    },
    (ctx) => {
      ctx.body = { status: 'alive' };
    },
  );
  routes.get(
    '/readyz',
    {
      id: 'readReadiness',
      summary: 'Whether each dependency answers',
      access: to('health.read'),
      answers: {
        200: { description: 'All do', body: Readiness },
        503: { description: 'Some do not; `dependencies` says which, and why', body: Readiness },
      },
    },
    async (ctx) => {
      const names = Object.keys(checks);
      const answers = await Promise.all(Object.values(checks).map(ask));
      const ready = answers.every((answer) => answer === 'ok');
      ctx.status = ready ? 200 : 503;
      ctx.body = { ready, dependencies: Object.fromEntries(names.map((name, i) => [name, answers[i]])) };
    },
  );
  routes.get(
    '/metrics',
    {
      id: 'readMetrics',
      summary: 'Measurements, for Prometheus',
      access: to('metrics.read'),
      answers: { 200: { description: 'In the text format', mediaType: 'text/plain' } },
    },
    async (ctx) => {
      ctx.type = metrics.contentType;
      ctx.body = await metrics.metrics();
    },
  );
  return routes;
}
