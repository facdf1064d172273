import type { Context } from '../context.ts';
import { bookingsOfEvent, type Delivery, findDeliveries, type Sender, sendAgain, senders } from '../deliveries.ts';
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

const mostAtOnce = 1_000;

function senderOf(text: string | undefined): Sender | undefined {
  const known = senders.find((sender) => sender === text);
  if (text !== undefined && known === undefined)
    throw wrongUsage(`--from must be ${senders.join(' or ')}, not "${text}".`);
  return known;
}

async function find({ services }: Context, options: DeliveryOptions): Promise<Delivery[]> {
  const { booking, event, delivered = false } = options;
  const from = senderOf(options.from);
  const bookingIds = booking ? new Set([booking]) : event ? await bookingsOfEvent(services, event) : undefined;
  return findDeliveries(services, {
    delivered,
    limit: readCount('--limit', options.limit, mostAtOnce),
    ...(from && { from }),
    ...(bookingIds && { bookingIds }),
    ...(options.since !== undefined && { since: readInstant('--since', options.since) }),
    ...(options.until !== undefined && { until: readInstant('--until', options.until) }),
  });
}

function show(deliveries: readonly Delivery[], { line, paint }: Terminal): void {
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
}

export async function listDeliveries(context: Context, options: DeliveryOptions): Promise<ExitCode> {
  const deliveries = await find(context, options);
  show(deliveries, context.terminal);
  context.terminal.json({ deliveries });
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

function report(sent: readonly Sent[], { line, json, paint }: Terminal): ExitCode {
  const failed = sent.filter(({ outcome }) => outcome !== 'sent');
  for (const { webhookId, error } of failed) line(paint('red', `${webhookId}: ${error}`));
  line(`${sent.length - failed.length} sent, ${failed.length} not.`);
  json({ sent });
  if (failed.length === 0) return exitCodes.fine;
  return sent.every(({ outcome }) => outcome === 'unknown') ? exitCodes.unknown : exitCodes.wrong;
}

export const retryDeliveries = async (context: Context, webhookIds: readonly string[]): Promise<ExitCode> =>
  report(
    await sendAll(
      context,
      webhookIds.map((webhookId) => ({ webhookId })),
    ),
    context.terminal,
  );

/** Sends again what was created in a span of time: what has not arrived, or with `--delivered` everything. */
export async function replayWebhooks(context: Context, options: DeliveryOptions): Promise<ExitCode> {
  if (!options.since && !options.booking) throw wrongUsage('Say which: --since 1h, or --booking <id>.');
  // Those that were created first are sent first.
  const deliveries = (await find(context, options)).reverse();
  if (options.dryRun) {
    show(deliveries, context.terminal);
    context.terminal.json({ dryRun: true, deliveries });
    return exitCodes.fine;
  }
  return report(await sendAll(context, deliveries), context.terminal);
}
