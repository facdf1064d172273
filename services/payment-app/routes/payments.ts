import Router from '@koa/router';
import { Type } from 'typebox';
import { idempotencyKey } from '../../../lib/http/idempotency-key.ts';
import { invalidRequest, notFound, Problem } from '../../../lib/http/problem.ts';
import { request, strictObject } from '../../../lib/http/request.ts';
import { findInvoiceByToken } from '../commands/find-invoice.ts';
import type { Payments } from '../commands/payments.ts';
import { type PaymentRefusal, startPayment } from '../commands/start-payment.ts';
import { isSlowMethod, isTestMethod, PaymentMethod } from '../payment-method.ts';
import { presentPayment, presentPaymentTry } from '../presenters/payment.ts';

const token = Type.Object({ token: Type.String({ maxLength: 200 }) });
const toRead = request({ params: token, query: strictObject({}) });
const toPay = request({
  params: token,
  body: strictObject({
    method: PaymentMethod,
    delayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 30_000 })),
  }),
});

const refusals: Record<PaymentRefusal, [status: number, detail: string]> = {
  already_paid: [409, 'This invoice is paid. Nothing more is due.'],
  payment_in_progress: [409, 'A payment is under way. Wait for its outcome.'],
  no_tries_left: [409, 'Every try to pay this invoice was declined.'],
  payment_expired: [410, 'The time to pay this invoice is over.'],
  invoice_voided: [410, 'This invoice was cancelled. Nothing can be paid on it.'],
  idempotency_key_reused: [422, 'This Idempotency-Key was used for another payment method; use a new one.'],
};

/** Paying by JSON, for whoever has the token of the payment URL. */
export function paymentRoutes(payments: Payments): Router {
  const { config } = payments;
  const router = new Router();

  router.get('/payments/:token', async (ctx) => {
    const invoice = await findInvoiceByToken(payments, toRead(ctx).params.token);
    if (!invoice) throw notFound('invoice');
    ctx.body = presentPayment(invoice, config.testMethods);
  });

  router.post('/payments/:token', async (ctx) => {
    const { params, body } = toPay(ctx);
    const key = idempotencyKey(ctx);
    if (isTestMethod(body.method) && !config.testMethods) throw invalidRequest('body.method', 'is not offered here');
    if (body.delayMs !== undefined && !isSlowMethod(body.method)) {
      throw invalidRequest('body.delayMs', 'is for slow test methods only');
    }
    const invoice = await findInvoiceByToken(payments, params.token);
    if (!invoice) throw notFound('invoice');
    const result = await startPayment(payments, invoice, { ...body, ...(key !== undefined && { key }) });
    if (result.outcome === 'refused') {
      const [status, detail] = refusals[result.refusal];
      throw new Problem(status, result.refusal, detail);
    }
    ctx.status = 202;
    ctx.body = presentPaymentTry(result.invoice, result.attempt);
  });

  return router;
}
