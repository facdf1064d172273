import Router from '@koa/router';
import { requiresService } from '../../../lib/auth/service-credential.ts';
import { RefundRequest } from '../../../lib/contracts/invoice.ts';
import { Problem } from '../../../lib/http/problem.ts';
import { request } from '../../../lib/http/request.ts';
import type { Payments } from '../commands/payments.ts';
import { requestRefund } from '../commands/request-refund.ts';
import { presentRefund } from '../presenters/invoice.ts';

const toRefund = request({ body: RefundRequest });

/** Refunds: accepted here, settled asynchronously, told by webhook. */
export function refundRoutes(payments: Payments): Router {
  const router = new Router();
  router.post('/refunds', requiresService(payments.config.serviceSecrets), async (ctx) => {
    const { body } = toRefund(ctx);
    const result = await requestRefund(payments, body);
    if (result.outcome === 'not_paid') {
      const detail = `Nothing is paid on the invoice of booking ${body.bookingId}, so nothing can be returned.`;
      throw new Problem(409, 'not_paid', detail, { invoiceStatus: result.invoiceStatus });
    }
    if (result.outcome === 'refunded_already') {
      const detail = `The payment of booking ${body.bookingId} is returned by another refund.`;
      throw new Problem(409, 'already_refunded', detail, { field: 'body.refundId', refundId: result.refundId });
    }
    ctx.status = 202;
    ctx.body = presentRefund(result.invoice, result.refund);
  });
  return router;
}
