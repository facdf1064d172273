import Router from '@koa/router';
import { BookingWebhook } from '../../../lib/contracts/booking.ts';
import { verifiedWebhook } from '../../../lib/webhooks/route.ts';
import { receiveTicketingWebhook } from '../commands/receive-ticketing-webhook.ts';
import type { Dependencies } from '../dependencies.ts';

/** Where ticket-app notifies of bookings (C4), signed by Standard Webhooks over the raw body. */
export function webhookRoutes(dependencies: Dependencies): Router {
  const router = new Router();
  const read = verifiedWebhook(dependencies.webhookSecrets, BookingWebhook);
  router.post('/webhooks/ticketing', async (ctx) => {
    const { webhookId, payload } = read(ctx);
    await receiveTicketingWebhook(dependencies, webhookId, payload);
    ctx.status = 204;
  });
  return router;
}
