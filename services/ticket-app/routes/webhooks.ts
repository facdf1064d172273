import Router from '@koa/router';
import { PaymentWebhook } from '../../../lib/contracts/invoice.ts';
import { verifiedWebhook } from '../../../lib/webhooks/route.ts';
import type { ReceivePaymentWebhook } from '../commands/receive-payment-webhook.ts';

/** Where the payment app calls (its WEBHOOK_URL, P3, P4). 2xx only after the effect is done. */
export function webhookRoutes(secrets: readonly string[], receive: ReceivePaymentWebhook): Router {
  const router = new Router();
  const read = verifiedWebhook(secrets, PaymentWebhook);
  router.post('/webhooks/payments', async (ctx) => {
    const { webhookId, payload } = read(ctx);
    await receive(webhookId, payload);
    ctx.status = 204;
  });
  return router;
}
