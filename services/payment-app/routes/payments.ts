import { type Static, Type } from 'typebox';
import { invalidRequest, notFound, Problem } from '../../../lib/http/problem.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { accessOf } from '../auth/access.ts';
import { findInvoiceByToken } from '../commands/find-invoice.ts';
import type { Payments } from '../commands/payments.ts';
import { type PaymentRefusal, startPayment } from '../commands/start-payment.ts';
import { isSlowMethod, isTestMethod, PaymentMethod } from '../payment-method.ts';
import { PaymentTryView, PaymentView, presentPayment, presentPaymentTry } from '../presenters/payment.ts';
import { problems } from '../problems.ts';

const params = Type.Object({ token: Type.String({ maxLength: 200, examples: ['9tK2s-example-token'] }) });
const ToPay = strictObject({
  method: PaymentMethod,
  delayMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 30_000,
      description: 'How long a slow test method takes; for these only.',
    }),
  ),
});

const details: Record<PaymentRefusal, string> = {
  already_paid: 'This invoice is paid. Nothing more is due.',
  payment_in_progress: 'A payment is under way. Wait for its outcome.',
  no_tries_left: 'Every try to pay this invoice was declined.',
  payment_expired: 'The time to pay this invoice is over.',
  invoice_voided: 'This invoice was cancelled. Nothing can be paid on it.',
  idempotency_key_reused: 'This Idempotency-Key was used for another payment method; use a new one.',
};
const statusOf = (refusal: PaymentRefusal) => (refusal === 'idempotency_key_reused' ? 422 : problems[refusal].status);

/** Paying by JSON, for whoever has the token of the payment URL. */
export function paymentRoutes(payments: Payments): DescribedRoutes {
  const { config } = payments;
  const to = accessOf(config.serviceSecrets);
  const routes = describedRoutes({ tag: 'Payments', problems });

  function checkMethod({ method, delayMs }: Static<typeof ToPay>): void {
    if (isTestMethod(method) && !config.testMethods) throw invalidRequest('body.method', 'is not offered here');
    if (delayMs !== undefined && !isSlowMethod(method)) {
      throw invalidRequest('body.delayMs', 'is for slow test methods only');
    }
  }

  routes.get(
    '/payments/:token',
    {
      id: 'readPayment',
      summary: 'Read what is to be paid, and how it can be paid',
      access: to('payments.read'),
      request: { params, query: strictObject({}) },
      answers: { 200: { description: 'The invoice as its payer sees it', body: PaymentView } },
      problems: ['invoice_not_found'],
    },
    async (ctx, input) => {
      const invoice = await findInvoiceByToken(payments, input.params.token);
      if (!invoice) throw notFound('invoice');
      ctx.body = presentPayment(invoice, config.testMethods);
    },
  );

  routes.post(
    '/payments/:token',
    {
      id: 'pay',
      summary: 'Pay',
      description: 'Processed asynchronously: read the payment again, or the booking, for the outcome.',
      access: to('payments.pay'),
      idempotencyKey: 'optional',
      request: { params, body: ToPay },
      answers: { 202: { description: 'The try is being processed', body: PaymentTryView } },
      problems: [
        'invoice_not_found',
        'already_paid',
        'payment_in_progress',
        'no_tries_left',
        'payment_expired',
        'invoice_voided',
      ],
    },
    async (ctx, { params: { token }, body, key }) => {
      checkMethod(body);
      const invoice = await findInvoiceByToken(payments, token);
      if (!invoice) throw notFound('invoice');
      const result = await startPayment(payments, invoice, { ...body, ...(key !== undefined && { key }) });
      if (result.outcome === 'refused') {
        throw new Problem(statusOf(result.refusal), result.refusal, details[result.refusal]);
      }
      ctx.status = 202;
      ctx.body = presentPaymentTry(result.invoice, result.attempt);
    },
  );

  return routes;
}
