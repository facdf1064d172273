import { Webhook, WebhookVerificationError } from 'standardwebhooks';

/** Signs a delivery by Standard Webhooks (https://www.standardwebhooks.com): same id at each try, new timestamp. */
export function signWebhook(secret: string, webhookId: string, body: string, at = new Date()): Record<string, string> {
  return {
    'content-type': 'application/json',
    'webhook-id': webhookId,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(webhookId, at, body),
  };
}

export type VerifiedWebhook =
  | { outcome: 'verified'; webhookId: string; payload: unknown }
  | { outcome: 'forged' }
  | { outcome: 'malformed' };

/** Checks the signature over the raw body against each live secret, and the timestamp (5 minutes either way). */
export function verifyWebhook(
  secrets: readonly string[],
  rawBody: string,
  headers: Record<string, string | string[] | undefined>,
): VerifiedWebhook {
  const text = (name: string) => (typeof headers[name] === 'string' ? headers[name] : '');
  const webhookId = text('webhook-id');
  const signed = {
    'webhook-id': webhookId,
    'webhook-timestamp': text('webhook-timestamp'),
    'webhook-signature': text('webhook-signature'),
  };
  for (const secret of secrets) {
    try {
      return { outcome: 'verified', webhookId, payload: new Webhook(secret).verify(rawBody, signed) };
    } catch (error) {
      if (error instanceof SyntaxError) return { outcome: 'malformed' };
      if (!(error instanceof WebhookVerificationError)) throw error;
    }
  }
  return { outcome: 'forged' };
}
