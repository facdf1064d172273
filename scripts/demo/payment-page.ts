import * as answers from './answers.ts';
import { expectStatus, read, send } from './http.ts';
import { must } from './must.ts';
import { until } from './until.ts';

/** Methods that force an outcome, so that luck plays no part. */
export type ForcedMethod = 'test_success' | 'test_decline';

/** Opens the payment URL as a browser would, chooses a method and presses the button. */
export async function payOnPage(paymentUrl: string, method: ForcedMethod, invoiceNumber: string): Promise<void> {
  const page = await send({ method: 'GET', url: paymentUrl });
  expectStatus(page, 200);
  const html = page.bytes.toString();
  must(html.includes(invoiceNumber), `the payment page does not name invoice ${invoiceNumber}`);
  const attemptKey = /name="attemptKey" value="([^"]+)"/.exec(html)?.[1];
  must(attemptKey !== undefined, `the payment page of ${invoiceNumber} has no form`);
  // 303 leads back to the page, which shows how the invoice stands.
  expectStatus(await send({ method: 'POST', url: paymentUrl, body: new URLSearchParams({ method, attemptKey }) }), 200);
}

/** The JSON call beside the page, for those who pay from an app. */
const jsonUrl = (paymentUrl: string): string => paymentUrl.replace(/\/pay\/([^/]+)$/, '/payments/$1');

export async function payByJson(paymentUrl: string, method: ForcedMethod): Promise<void> {
  const answer = await send({ method: 'POST', url: jsonUrl(paymentUrl), body: { method } });
  expectStatus(answer, 202);
}

export async function readPayment(paymentUrl: string): Promise<answers.Payment> {
  return read(await send({ method: 'GET', url: jsonUrl(paymentUrl) }), 200, answers.payment);
}

/** Waits until the payment app has ended the try that was started last. */
export const untilSettled = (paymentUrl: string): Promise<answers.Payment> =>
  until({
    what: 'the payment has an outcome',
    look: () => readPayment(paymentUrl),
    holds: ({ status }) => status !== 'PROCESSING',
  });
