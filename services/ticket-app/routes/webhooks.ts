import { PaymentWebhook } from '../../../lib/contracts/invoice.ts';
import { accessBy } from '../../../lib/http/access.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { verifiedWebhook } from '../../../lib/webhooks/route.ts';
import type { ReceivePaymentWebhook } from '../commands/receive-payment-webhook.ts';
import { problems } from '../problems.ts';

/** Where the payment app calls (its WEBHOOK_URL, P3, P4). 2xx only after the effect is done. */
export function webhookRoutes(secrets: readonly string[], receive: ReceivePaymentWebhook): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Webhooks', problems });
  const read = verifiedWebhook(secrets, PaymentWebhook);
  routes.post(
    '/webhooks/payments',
    {
      id: 'receivePaymentWebhook',
      summary: 'Hear of the outcome of a payment or a refund',
      description: 'Done once for each webhook-id; whatever is not 2xx is to be sent again.',
      access: accessBy({})('webhooks.receive'),
      rawBody: { mediaType: 'application/json', schema: PaymentWebhook, description: 'Signed by Standard Webhooks.' },
      answers: { 204: { description: 'It is done' } },
      problems: ['webhook_forged', 'invalid_request', 'booking_not_found', 'neighbour_unavailable'],
    },
    async (ctx) => {
      const { webhookId, payload } = read(ctx);
      await receive(webhookId, payload);
      ctx.status = 204;
    },
  );
  return routes;
}
