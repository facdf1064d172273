import type { Context } from '../context.ts';
import {
  bookingsOfEvent,
  type Found,
  findDeliveries,
  mostRead,
  type Sender,
  sendAgain,
  senders,
} from '../deliveries.ts';
import { type ExitCode, exitCodes, Failure, wrongUsage } from '../failure.ts';
import { readCount, readInstant } from '../instants.ts';
import { ago, type Terminal, table } from '../terminal.ts';

export interface DeliveryOptions {
  from?: string;
  since?: string;
  until?: string;
  booking?: string;
  event?: string;
  delivered?: boolean;
  limit: string;
  dryRun?: boolean;
}

function senderOf(text: string | undefined): Sender | undefined {
  const known = senders.find((sender) => sender === text);
  if (text !== undefined && known === undefined)
    throw wrongUsage(`--from must be ${senders.join(' or ')}, not "${text}".`);
  return known;
}

async function find({ services }: Context, options: DeliveryOptions): Promise<Found> {
  const { booking, event, delivered = false } = options;
  const from = senderOf(options.from);
  const bookingIds = booking ? new Set([booking]) : event ? await bookingsOfEvent(services, event) : undefined;
  return findDeliveries(services, {
    delivered,
    limit: readCount('--limit', options.limit, mostRead),
    ...(from && { from }),
    ...(bookingIds && { bookingIds }),
    ...(options.since !== undefined && { since: readInstant('--since', options.since) }),
    ...(options.until !== undefined && { until: readInstant('--until', options.until) }),
  });
}

/** Says what was left out, and how to come to it. */
function sayWhatIsMissing({ more }: Found, { line, paint }: Terminal): void {
  if (!more) return;
  const todo = {
    limit: 'There are more: raise --limit, or ask for a shorter span of time.',
    not_read: `Only the newest ${mostRead} of a sender were looked through: ask from a later time on (--since).`,
  };
  line(paint('yellow', todo[more]));
}

function show({ deliveries, more }: Found, terminal: Terminal): void {
  const { line, paint } = terminal;
  const rows = deliveries.map(({ from, type, status, tries, createdAt, webhookId, lastError }) => [
    from,
    type,
    status,
    `${tries} tries`,
    `${ago(createdAt)} old`,
    webhookId,
    status === 'delivered' ? '' : (lastError ?? ''),
  ]);
  for (const text of table(rows)) line(text);
  line(paint('dim', `${deliveries.length} webhooks`));
  sayWhatIsMissing({ deliveries, more }, terminal);
}

export async function listDeliveries(context: Context, options: DeliveryOptions): Promise<ExitCode> {
  const found = await find(context, options);
  show(found, context.terminal);
  context.terminal.json(found);
  return exitCodes.fine;
}

interface Sent {
  webhookId: string;
  from?: Sender;
  outcome: 'sent' | 'not_taken' | 'unknown';
  error?: string;
}

/** One after the other, so that a receiver that has just come back is not run over. */
async function sendAll(context: Context, wanted: readonly { webhookId: string; from?: Sender }[]): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (const { webhookId, from } of wanted) {
    try {
      sent.push({ webhookId, from: await sendAgain(context.services, webhookId, from), outcome: 'sent' });
    } catch (error) {
      if (!(error instanceof Failure) || error.code === 'not_let_in') throw error;
      const outcome = error.exitCode === exitCodes.unknown ? 'unknown' : 'not_taken';
      sent.push({ webhookId, ...(from && { from }), outcome, error: error.message });
    }
    if (sent.length % 25 === 0) context.terminal.progress(`${sent.length} of ${wanted.length}`);
  }
  return sent;
}

function tellWhatWasSent(sent: readonly Sent[], { line, paint }: Terminal): ExitCode {
  const failed = sent.filter(({ outcome }) => outcome !== 'sent');
  for (const { webhookId, error } of failed) line(paint('red', `${webhookId}: ${error}`));
  line(`${sent.length - failed.length} sent, ${failed.length} not.`);
  if (failed.length === 0) return exitCodes.fine;
  return sent.every(({ outcome }) => outcome === 'unknown') ? exitCodes.unknown : exitCodes.wrong;
}

export async function retryDeliveries(context: Context, webhookIds: readonly string[]): Promise<ExitCode> {
  const wanted = webhookIds.map((webhookId) => ({ webhookId }));
  const sent = await sendAll(context, wanted);
  context.terminal.json({ sent });
  return tellWhatWasSent(sent, context.terminal);
}

/**
 * Sends again what was created in a span of time: what has not arrived, or with `--delivered` everything. What the limit
 * leaves out makes it end as not done.
 */
export async function replayWebhooks(context: Context, options: DeliveryOptions): Promise<ExitCode> {
  if (!options.since && !options.booking) throw wrongUsage('Say which: --since 1h, or --booking <id>.');
  const { deliveries: newestFirst, more } = await find(context, options);
  // Those that were created first are sent first.
  const found: Found = { deliveries: newestFirst.toReversed(), more };
  const { terminal } = context;
  if (options.dryRun) {
    show(found, terminal);
    terminal.json({ dryRun: true, ...found });
    return exitCodes.fine;
  }
  const sent = await sendAll(context, found.deliveries);
  terminal.json({ sent, more });
  const code = tellWhatWasSent(sent, terminal);
  sayWhatIsMissing(found, terminal);
  return code === exitCodes.fine && more ? exitCodes.wrong : code;
}
