import { NeighbourUnavailable, neighbour } from '../../../lib/http/neighbour.ts';
import { signWebhook } from '../../../lib/webhooks/signature.ts';
import type { Deliveries, Subject } from '../models/deliveries.ts';

export interface ClientAppWebhooks {
  deliveries: Deliveries;
  /** Where client-app takes webhooks. */
  url: string;
  secret: string;
}

export interface OutgoingWebhook {
  webhookId: string;
  subject: Subject;
  type: string;
  body: Record<string, unknown>;
}

/**
 * Sends one signed webhook to client-app. Resolves when it has been acknowledged; rejects otherwise, and whoever calls
 * tries again under the same webhook-id. What is not delivered can be found in `webhook_deliveries`.
 */
export function createDeliverWebhook({ deliveries, url, secret }: ClientAppWebhooks) {
  // client-app answers only when it has fetched and stored the PDF.
  const clientApp = neighbour({ name: 'client-app', baseUrl: url, timeoutMs: 10_000 });
  return async ({ webhookId, subject, type, body }: OutgoingWebhook): Promise<void> => {
    await deliveries.begin(webhookId, subject, type);
    const text = JSON.stringify(body);
    try {
      const headers = signWebhook(secret, webhookId, text);
      const { status } = await clientApp({ method: 'POST', path: '', body: text, headers });
      if (status >= 300) throw new NeighbourUnavailable('client-app', `webhook ${type}`, `status ${status}`);
    } catch (error) {
      await deliveries.fail(webhookId, (error as Error).message);
      throw error;
    }
    await deliveries.succeed(webhookId);
  };
}
