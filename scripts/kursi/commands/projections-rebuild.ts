import type { ReprojectOutcome } from '../../../lib/contracts/operations.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes, noSuch, wrongUsage } from '../failure.ts';

export interface RebuildOptions {
  booking?: string;
  event?: string;
  all?: boolean;
  /** Goes on after this id, of bookings or of places in queues: what a run that was stopped said last. */
  after?: string;
}

type Counts = Record<ReprojectOutcome, number>;
const none = (): Counts => ({ changed: 0, same: 0, newer: 0, unknown: 0, no_answer: 0 });
const pageSize = 50;
const kinds = ['events', 'bookings', 'waitlist-entries'] as const;
type Kind = (typeof kinds)[number];

/** `bookings:<id>`: where a walk through everything stands. */
function readPosition(after: string | undefined): { kind: Kind; after: string | undefined } {
  if (after === undefined) return { kind: 'events', after: undefined };
  const [, kind, id] = /^([a-z-]+):(.+)$/.exec(after) ?? [];
  const known = kinds.find((name) => name === kind);
  if (!known)
    throw wrongUsage(`--after must be like bookings:<id>, as the command said when it was stopped, not "${after}".`);
  return { kind: known, after: id };
}

async function rebuildPage({ services }: Context, kind: Kind, ids: readonly string[], counts: Counts): Promise<void> {
  if (ids.length === 0) return;
  if (kind === 'events') {
    for (const id of ids) await services.ticket.rebuildEvent(id);
    return;
  }
  const { results } = await services.client.reproject(kind, ids);
  for (const { outcome } of results) counts[outcome] += 1;
}

/** Walks through all ids of a kind, in their order. Returns how many there were. */
async function walk(context: Context, kind: Kind, scope: { eventId?: string; after?: string }, counts: Counts) {
  const { services, terminal } = context;
  let { after } = scope;
  let seen = 0;
  do {
    const { ids, next } = await services.ticket.ids(kind, { eventId: scope.eventId, after, limit: pageSize });
    await rebuildPage(context, kind, ids, counts);
    seen += ids.length;
    after = next;
    if (after !== undefined) terminal.progress(`${kind}: ${seen} so far; to go on from here: --after ${kind}:${after}`);
  } while (after !== undefined);
  return seen;
}

function report({ terminal }: Context, counts: Counts, seen: Partial<Record<Kind, number>>): ExitCode {
  const { changed, same, newer, unknown, no_answer: noAnswer } = counts;
  terminal.line(
    `${changed} changed, ${same} were right already, ${newer} newer here, ${unknown} unknown to ticket-app, ${noAnswer} without an answer.`,
  );
  if (noAnswer > 0) terminal.line(terminal.paint('red', 'Some were not answered: run it again, it may be repeated.'));
  terminal.json({ ...seen, outcomes: counts });
  return noAnswer === 0 ? exitCodes.fine : exitCodes.wrong;
}

/**
 * Asks ticket-app again about what client-app keeps a copy of (bookings, places in queues), and works out again what
 * ticket-app keeps of its own seats on its events (prices). It may be repeated, and stopped at any point.
 */
export async function rebuildProjections(context: Context, options: RebuildOptions): Promise<ExitCode> {
  const { booking, event, all } = options;
  if ([booking, event, all].filter((given) => given !== undefined && given !== false).length !== 1)
    throw wrongUsage('Say what: --booking <id>, --event <id> or --all.');
  const counts = none();
  if (booking !== undefined) {
    const { results } = await context.services.client.reproject('bookings', [booking]);
    if (results[0]?.outcome === 'unknown') throw noSuch('booking', booking);
    for (const { outcome } of results) counts[outcome] += 1;
    return report(context, counts, { bookings: 1 });
  }
  const start = readPosition(options.after);
  const seen: Partial<Record<Kind, number>> = {};
  for (const kind of kinds.slice(kinds.indexOf(start.kind))) {
    const after = kind === start.kind ? start.after : undefined;
    const scope = { ...(event !== undefined && { eventId: event }), ...(after !== undefined && { after }) };
    seen[kind] = await walk(context, kind, scope, counts);
    if (kind === 'events' && event !== undefined && seen.events === 0) throw noSuch('event', event);
  }
  return report(context, counts, seen);
}
