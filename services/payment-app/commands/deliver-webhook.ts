import axios, { isAxiosError } from 'axios';
import { nextTryAt, type RetrySchedule } from '../../../lib/outbox/backoff.ts';
import { signWebhook } from '../../../lib/webhooks/signature.ts';
import type { Delivery, Invoice } from '../models/invoice.ts';
import { webhookBody } from '../presenters/webhook.ts';
import type { Payments } from './payments.ts';

/**
 * How long to go on telling a receiver that does not listen. With a factor of 1.5 the next try after an outage comes
 * within about half of the outage's own length.
 */
export const deliverySchedule: RetrySchedule = {
  firstMs: 250,
  factor: 1.5,
  capMs: 3_600_000,
  giveUpAfterMs: 3 * 24 * 3_600_000,
};

/** A receiver that takes longer is asked again; it knows the delivery by its id. */
const patienceMs = 5_000;

/** Tells WEBHOOK_URL once, signed afresh, and records how that went. Any 2xx counts as received. */
export async function deliverWebhook(
  payments: Payments,
  invoice: Invoice,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<void> {
  const { ledger, metrics, log } = payments;
  const { webhookId, type } = delivery;
  const about = { bookingId: invoice._id, webhookId, type };
  const error = await send(payments, webhookId, JSON.stringify(webhookBody(invoice, delivery)), signal);
  if (error === undefined) {
    await ledger.markDelivered(invoice._id, webhookId);
    metrics.deliveries.inc({ outcome: 'delivered' });
    log.debug(about, 'webhook delivered');
    return;
  }
  const tries = delivery.tries + 1;
  const next = nextTryAt(deliverySchedule, delivery.scheduledFrom, tries);
  await ledger.markNotDelivered(invoice._id, delivery, error, next);
  metrics.deliveries.inc({ outcome: next ? 'failed' : 'exhausted' });
  log.warn({ ...about, tries, reason: error, nextAttemptAt: next }, 'webhook not delivered');
}

/** What went wrong, or undefined. */
async function send(
  { config }: Payments,
  webhookId: string,
  body: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { status } = await axios.post(config.webhookUrl, body, {
      headers: signWebhook(config.webhookSecrets[0], webhookId, body),
      timeout: patienceMs,
      signal,
      maxRedirects: 0,
      maxContentLength: 64 * 1024,
      responseType: 'text',
      validateStatus: () => true,
    });
    return status >= 200 && status < 300 ? undefined : `HTTP ${status}`;
  } catch (error) {
    if (isAxiosError(error)) return error.code ?? error.message;
    throw error;
  }
}
