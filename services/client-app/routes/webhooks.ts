import Router from '@koa/router';
import { receiveTicketingWebhook } from '../commands/receive-ticketing-webhook.ts';
import type { Dependencies } from '../dependencies.ts';

/** Where ticket-app notifies of bookings (C4), signed by Standard Webhooks over the raw body. */
export function webhookRoutes(dependencies: Dependencies): Router {
  const router = new Router();
  router.post('/webhooks/ticketing', async (ctx) => {
    await receiveTicketingWebhook(dependencies, ctx.request.rawBody ?? '', ctx.headers);
    ctx.status = 204;
  });
  return router;
}
