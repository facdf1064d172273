import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import {
  type ApiDocument,
  apiDocumentAt,
  checkApiDocument,
  checkTellsAllRoutes,
  codesOf,
  operationsOf,
} from '../../test/openapi.ts';
import { startTestPaymentApp, type TestPaymentApp } from '../../test/support/payment-app.ts';

describe("payment-app's API page", () => {
  let app: TestPaymentApp;
  let document: ApiDocument;

  before(async () => {
    app = await startTestPaymentApp('api', {}, { jobs: false });
    document = await apiDocumentAt(app.url);
  });
  after(() => app?.stop());

  const operation = (name: string) => operationsOf(document).find(([other]) => other === name)?.[1];

  it('is valid, and its examples fit', async function () {
    this.timeout(60_000);
    await checkApiDocument(document);
  });

  it('tells every route, and no other', () => checkTellsAllRoutes(app.app.app, document));

  it('names what services and payers work with', () => {
    expect(document.components.schemas).to.include.keys('Invoice', 'Payment', 'PaymentWebhook', 'WebhookDelivery');
  });

  it('tells why an invoice cannot be paid, by code', () => {
    const pay = operation('POST /payments/{token}');
    const reasons = ['already_paid', 'payment_in_progress', 'no_tries_left', 'payment_expired', 'invoice_voided'];
    expect(pay && codesOf(pay)).to.include.members(reasons);
  });

  it('tells apart what services do and what a payer does who has a token', () => {
    expect(operation('POST /invoices')?.security).to.deep.equal([{ serviceSecret: [] }]);
    expect(operation('GET /invoices/{invoiceNumber}')?.security).to.deep.include({ paymentToken: [] });
    expect(operation('GET /pay/{token}')?.responses['200']?.content).to.have.all.keys('text/html');
  });
});
