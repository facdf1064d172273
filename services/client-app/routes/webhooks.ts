import Router from '@koa/router';
import { Type } from 'typebox';
import { BookingWebhook } from '../../../lib/contracts/booking.ts';
import { WaitlistWebhook } from '../../../lib/contracts/waitlist.ts';
import { compile } from '../../../lib/schema/ajv.ts';
import { bodyOf, verifiedWebhook } from '../../../lib/webhooks/route.ts';
import { receiveBookingWebhook, receiveWaitlistWebhook } from '../commands/receive-ticketing-webhook.ts';
import type { Dependencies } from '../dependencies.ts';

/** Whatever ticket-app may come to tell: the type says what the rest of the body is. */
const AnyWebhook = Type.Object({ type: Type.String({ pattern: '^[a-z_]{1,40}\\.[a-z_]{1,40}$' }) });
const ofBookings = compile(BookingWebhook);
const ofWaitlist = compile(WaitlistWebhook);
const isTypeOfBookings = compile(BookingWebhook.properties.type).check;
const isTypeOfWaitlist = compile(WaitlistWebhook.properties.type).check;

/** Where ticket-app notifies of bookings (C4) and of places in queues, signed by Standard Webhooks over the raw body. */
export function webhookRoutes(dependencies: Dependencies): Router {
  const router = new Router();
  const read = verifiedWebhook(dependencies.webhookSecrets, AnyWebhook);
  router.post('/webhooks/ticketing', async (ctx) => {
    const { webhookId, payload } = read(ctx);
    if (isTypeOfBookings(payload.type)) {
      await receiveBookingWebhook(dependencies, webhookId, bodyOf(ofBookings, payload));
    } else if (isTypeOfWaitlist(payload.type)) {
      await receiveWaitlistWebhook(dependencies, webhookId, bodyOf(ofWaitlist, payload));
    } else {
      // Of a newer ticket-app. To refuse it would have it sent again for days, in vain. It is not recorded as done, so
      // that it can be replayed once this service knows it.
      ctx.log.warn({ webhookId, type: payload.type }, 'ignored a notification of an unknown type');
    }
    ctx.status = 204;
  });
  return router;
}
