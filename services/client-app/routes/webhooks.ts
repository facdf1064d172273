import { Type } from 'typebox';
import { BookingWebhook } from '../../../lib/contracts/booking.ts';
import { WaitlistWebhook } from '../../../lib/contracts/waitlist.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { compile } from '../../../lib/schema/ajv.ts';
import { bodyOf, verifiedWebhook } from '../../../lib/webhooks/route.ts';
import { accessOf } from '../auth/access.ts';
import { receiveBookingWebhook, receiveWaitlistWebhook } from '../commands/receive-ticketing-webhook.ts';
import type { Dependencies } from '../dependencies.ts';
import { problems } from '../problems.ts';

/** Whatever ticket-app may come to tell: the type says what the rest of the body is. */
const AnyWebhook = Type.Object({ type: Type.String({ pattern: '^[a-z_]{1,40}\\.[a-z_]{1,40}$' }) });
const ofBookings = compile(BookingWebhook);
const ofWaitlist = compile(WaitlistWebhook);
const isTypeOfBookings = compile(BookingWebhook.properties.type).check;
const isTypeOfWaitlist = compile(WaitlistWebhook.properties.type).check;

/** Where ticket-app notifies of bookings (C4) and of places in queues, signed by Standard Webhooks over the raw body. */
export function webhookRoutes(dependencies: Dependencies): DescribedRoutes {
  const read = verifiedWebhook(dependencies.webhookSecrets, AnyWebhook);
  const to = accessOf(dependencies);
  const routes = describedRoutes({ tag: 'Webhooks', problems });
  routes.post(
    '/webhooks/ticketing',
    {
      id: 'receiveTicketingWebhook',
      summary: 'Tell of a booking, or of a place in a queue',
      description: 'Signed by Standard Webhooks over the raw body. A delivery that comes again changes nothing.',
      access: to('webhooks.receive'),
      rawBody: {
        mediaType: 'application/json',
        schema: Type.Union([BookingWebhook, WaitlistWebhook]),
        description: 'The booking or the place as it now is. Types that are not known yet are let pass.',
      },
      headers: {
        'webhook-id': 'Names the delivery; the same at each try.',
        'webhook-timestamp': 'Unix time in seconds; at most five minutes away.',
      },
      answers: { 204: { description: 'Taken; not to be sent again' } },
      problems: ['webhook_forged', 'invalid_request', 'ticket_not_stored'],
    },
    async (ctx) => {
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
    },
  );
  return routes;
}
