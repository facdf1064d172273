import { randomBytes } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import { Type } from 'typebox';
import { asProblem } from '../../../lib/http/app.ts';
import { notFound } from '../../../lib/http/problem.ts';
import { type Answer, type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { compileForText } from '../../../lib/schema/ajv.ts';
import { accessOf } from '../auth/access.ts';
import { findInvoiceByToken } from '../commands/find-invoice.ts';
import type { Payments } from '../commands/payments.ts';
import { startPayment } from '../commands/start-payment.ts';
import { isTestMethod, PaymentMethod } from '../payment-method.ts';
import { renderFaultPage, renderPaymentPage } from '../presenters/payment-page/payment-page.ts';

const PaymentForm = Type.Object({
  method: PaymentMethod,
  attemptKey: Type.String({
    pattern: '^[A-Za-z0-9-]{16,64}$',
    description: 'Names the try, as an Idempotency-Key does.',
    examples: ['5f0d7c1e-0b7a-4c55-9e3b-5f1d2a6c7e80'],
  }),
});
const formOf = compileForText(PaymentForm);

const asPage = (description: string): Answer => ({ description, mediaType: 'text/html' });
const faultPages = {
  404: asPage('The link is not valid'),
  500: asPage('A fault of ours'),
  503: asPage('Try again in a moment'),
};

const faults: Record<number, [title: string, text: string]> = {
  404: ['This payment link is not valid', 'Open the link from your booking again, or copy it whole.'],
  503: [
    'We will be back in a moment',
    'The payment service cannot be reached. Nothing was charged; try again shortly.',
  ],
};
/** The write may have been done, and only its answer lost. */
const uncertain: [string, string] = [
  'We will be back in a moment',
  'It is not known whether the payment was begun. Open the link again to see, before you pay again.',
];
const anyFault: [string, string] = ['Something went wrong', 'Nothing was charged by this. Open the link again.'];

/** People get pages, also for what goes wrong. No script runs on them, and nothing is loaded from anywhere. */
const page: Middleware = async (ctx, next) => {
  const nonce = randomBytes(16).toString('base64');
  ctx.state.nonce = nonce;
  ctx.set(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  );
  try {
    await next();
  } catch (error) {
    const problem = asProblem(error, ctx);
    const isUncertain = ctx.method === 'POST' && problem.status >= 500;
    const [title, text] = isUncertain ? uncertain : (faults[problem.status] ?? anyFault);
    ctx.status = problem.status;
    ctx.set(problem.headers);
    ctx.type = 'html';
    ctx.body = renderFaultPage(title, text, nonce);
  }
};

/** The hosted payment page: rendered here, and usable without JavaScript. */
export function paymentPageRoutes(payments: Payments): DescribedRoutes {
  const { config } = payments;
  const to = accessOf(config.serviceSecrets);
  const routes = describedRoutes({ tag: 'Payment page', problems: {} });

  async function invoiceOf(ctx: Context) {
    const invoice = await findInvoiceByToken(payments, String(ctx.params.token));
    if (!invoice) throw notFound('invoice');
    return invoice;
  }

  async function show(ctx: Context, fault?: string) {
    ctx.type = 'html';
    ctx.body = renderPaymentPage(await invoiceOf(ctx), {
      nonce: ctx.state.nonce,
      offersTestMethods: config.testMethods,
      ...(fault !== undefined && { fault }),
    });
  }

  routes.get(
    '/pay/:token',
    {
      id: 'showPaymentPage',
      summary: 'The page to pay on',
      access: to('payments.read'),
      around: [page],
      answers: { 200: asPage('How the invoice stands, and a form while it can be paid'), ...faultPages },
    },
    (ctx) => show(ctx),
  );

  async function pay(ctx: Context): Promise<void> {
    const form: unknown = ctx.request.body;
    if (!formOf.check(form) || (isTestMethod(form.method) && !config.testMethods)) {
      ctx.status = 400;
      return show(ctx, 'Choose how you would like to pay.');
    }
    const invoice = await invoiceOf(ctx);
    // Accepted or refused, the page tells how the invoice stands now.
    await startPayment(payments, invoice, { method: form.method, key: form.attemptKey });
    ctx.redirect(`./${ctx.params.token}`);
    ctx.status = 303;
  }

  routes.post(
    '/pay/:token',
    {
      id: 'payByForm',
      summary: 'Pay by the form of that page',
      access: to('payments.pay'),
      around: [page],
      rawBody: {
        mediaType: 'application/x-www-form-urlencoded',
        schema: PaymentForm,
        description: 'The form of the page.',
      },
      answers: {
        303: { description: 'Accepted or refused, the page tells', headers: { Location: 'The page' } },
        400: asPage('The page again, asking to choose'),
        ...faultPages,
      },
    },
    pay,
  );

  return routes;
}
