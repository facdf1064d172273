import type { OpenWorkView } from '../../../lib/contracts/operations.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { ago, table } from '../terminal.ts';
import type { QueueState } from '../workflows.ts';

interface Readiness {
  ready: boolean;
  /** Who it waits for, and why; itself, when it does not answer. */
  away: Record<string, string>;
}

interface OutboxState {
  process: string;
  outbox: string;
  items: number;
  due: number;
  oldestDueSeconds: number;
}

const patienceMs = 3_000;
/** Tasks that wait longer have too few workers. */
const queueLagSeconds = 10;
const outboxLagSeconds = 60;

async function readinessOf(url: string): Promise<Readiness> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(patienceMs) });
    const body = (await answer.json()) as { ready: boolean; dependencies: Record<string, string> };
    const away = Object.entries(body.dependencies).filter(([, state]) => state !== 'ok');
    return { ready: answer.ok, away: Object.fromEntries(away) };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    return { ready: false, away: { itself: cause?.code ?? message } };
  }
}

/** What a process' metrics say of its outboxes; none while it is away. */
async function outboxesOf(process: string, url: string): Promise<OutboxState[]> {
  const text = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(patienceMs) })
    .then((answer) => answer.text())
    .catch(() => '');
  const read = (name: string) =>
    new Map(
      [...text.matchAll(new RegExp(`^${name}\\{[^}]*outbox="([^"]+)"[^}]*\\} (\\S+)$`, 'gm'))].map(
        ([, outbox = '', value]) => [outbox, Number(value)],
      ),
    );
  const [items, due, oldest] = ['items', 'due_items', 'oldest_due_age_seconds'].map((name) =>
    read(`kursi_outbox_${name}`),
  );
  return [...(items ?? [])].map(([outbox, count]) => ({
    process,
    outbox,
    items: count,
    due: due?.get(outbox) ?? 0,
    oldestDueSeconds: Math.round(oldest?.get(outbox) ?? 0),
  }));
}

async function orUndefined<T>(ask: Promise<T>): Promise<T | undefined> {
  return ask.catch(() => undefined);
}

interface Seen {
  processes: Record<string, Readiness>;
  queues: QueueState[] | undefined;
  openWork: OpenWorkView | undefined;
  outboxes: OutboxState[];
}

/** Why we do not sell, or what is stuck. Empty: all is well. */
function problemsOf({ processes, queues, openWork, outboxes }: Seen): string[] {
  const kinds = openWork?.kinds ?? {};
  return [
    ...Object.entries(processes)
      .filter(([, { ready }]) => !ready)
      .map(
        ([name, { away }]) =>
          `${name} is not ready: ${Object.entries(away)
            .map(([who, why]) => `${who} (${why})`)
            .join(', ')}`,
      ),
    ...(queues ? [] : ['Temporal does not answer: no booking begins or goes on']),
    ...(queues ?? []).filter(({ pollers }) => pollers === 0).map(({ kind }) => `No worker polls for ${kind} tasks`),
    ...(queues ?? [])
      .filter(({ lagSeconds }) => lagSeconds > queueLagSeconds)
      .map(
        ({ kind, backlog, lagSeconds }) =>
          `${backlog} ${kind} tasks wait, the oldest for ${lagSeconds} s: start more workers`,
      ),
    ...(kinds.overdue && kinds.overdue.count > 0
      ? [
          `${kinds.overdue.count} bookings are past their time, the oldest is ${kinds.overdue.oldest}: kursi booking show ${kinds.overdue.oldest}`,
        ]
      : []),
    ...outboxes
      .filter(({ oldestDueSeconds }) => oldestDueSeconds > outboxLagSeconds)
      .map(
        ({ process, outbox, due, oldestDueSeconds }) =>
          `${due} items are due in ${process}'s ${outbox}, the oldest for ${oldestDueSeconds} s`,
      ),
  ];
}

/** Whether we are selling, and whether anything is stuck. */
export async function showStatus({ settings, services, workflows, terminal }: Context): Promise<ExitCode> {
  const named = Object.entries(settings.processes);
  const [ready, outboxes, queues, openWork, newestSale] = await Promise.all([
    Promise.all(named.map(async ([name, url]) => [name, await readinessOf(url)] as const)),
    Promise.all(named.map(([name, url]) => outboxesOf(name, url))),
    orUndefined(workflows.queues()),
    orUndefined(services.ticket.openWork()),
    orUndefined(services.ticket.newestSale()),
  ]);
  const seen: Seen = { processes: Object.fromEntries(ready), queues, openWork, outboxes: outboxes.flat() };
  const problems = problemsOf(seen);
  const { line, paint } = terminal;
  line(
    problems.length === 0
      ? paint('green', 'Selling; nothing is stuck.')
      : paint('red', `${problems.length} things are the matter:`),
  );
  for (const problem of problems) line(`  ${problem}`);
  line();
  line(paint('bold', 'Processes'));
  for (const text of table(ready.map(([name, { ready: isReady }]) => [`  ${name}`, isReady ? 'ready' : 'NOT READY'])))
    line(text);
  line(paint('bold', 'Task queue'));
  for (const { queue, kind, backlog, lagSeconds, pollers } of queues ?? [])
    line(`  ${queue}, ${kind} tasks: ${backlog} wait, the oldest ${lagSeconds} s, ${pollers} pollers`);
  line(paint('bold', 'Open'));
  const kinds = Object.entries(openWork?.kinds ?? {});
  for (const text of table(
    kinds.map(([kind, { count, since, oldest }]) => [
      `  ${kind.replaceAll('_', ' ')}`,
      String(count),
      since ? `oldest ${ago(since)}` : '',
      oldest ?? '',
    ]),
  ))
    line(text);
  line(`  the newest sold booking was begun ${newestSale ? `${ago(newestSale)} ago` : 'never'}`);
  line(paint('bold', 'Outboxes'));
  for (const text of table(
    seen.outboxes.map(({ process, outbox, items, due, oldestDueSeconds }) => [
      `  ${process}`,
      outbox,
      `${items} items`,
      `${due} due`,
      due > 0 ? `oldest ${oldestDueSeconds} s` : '',
    ]),
  ))
    line(text);
  terminal.json({ selling: problems.length === 0, problems, newestSale: newestSale ?? null, ...seen });
  return problems.length === 0 ? exitCodes.fine : exitCodes.wrong;
}
