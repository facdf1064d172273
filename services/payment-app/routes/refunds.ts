import { RefundAnswer, RefundRequest } from '../../../lib/contracts/invoice.ts';
import { Problem } from '../../../lib/http/problem.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { accessOf } from '../auth/access.ts';
import type { Payments } from '../commands/payments.ts';
import { requestRefund } from '../commands/request-refund.ts';
import { presentRefund } from '../presenters/invoice.ts';
import { problems } from '../problems.ts';

/** Refunds: accepted here, settled asynchronously, told by webhook. */
export function refundRoutes(payments: Payments): DescribedRoutes {
  const to = accessOf(payments.config.serviceSecrets);
  const routes = describedRoutes({ tag: 'Refunds', problems });
  routes.post(
    '/refunds',
    {
      id: 'requestRefund',
      summary: 'Return what was paid for a booking, all of it and once',
      description: 'Idempotent by `refundId`. The outcome of each try is told by webhook.',
      access: to('refunds.create'),
      request: { body: RefundRequest },
      answers: { 202: { description: 'It will be returned, or is', body: RefundAnswer } },
      problems: ['not_paid', 'already_refunded'],
    },
    async (ctx, { body }) => {
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
    },
  );
  return routes;
}
