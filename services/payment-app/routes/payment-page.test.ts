import axios from 'axios';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import type { InvoiceView } from '../../../lib/contracts/invoice.ts';
import { startTestPaymentApp, type TestPaymentApp, tokenOf } from '../../../test/support/payment-app.ts';

describe('the payment page', () => {
  let app: TestPaymentApp;
  const person = axios.create({ validateStatus: () => true, maxRedirects: 0 });

  before(async () => {
    app = await startTestPaymentApp('page');
  });
  after(() => app?.stop());

  const url = (invoice: InvoiceView) => `${app.url}/pay/${tokenOf(invoice)}`;
  const open = async (invoice: InvoiceView): Promise<string> => (await person.get(url(invoice))).data;
  const keyOn = (page: string) => /name="attemptKey" value="([^"]+)"/.exec(page)?.[1] ?? 'none';
  const send = (invoice: InvoiceView, form: Record<string, string>) =>
    person.post(url(invoice), new URLSearchParams(form));

  it('says what is paid for, how much, until when, and how, and lets no script run', async () => {
    const invoice = await app.create();
    const { status, data, headers } = await person.get(url(invoice));
    expect(status).to.equal(200);
    for (const text of [
      'Malam Jazz Jakarta, Istora Senayan',
      invoice.invoiceNumber,
      'Rp\u00a02.500.000',
      'Rp\u00a01.250.000',
      'Section A, row 3, seat 12',
      'WIB',
      'minutes left',
      'value="card"',
      'value="qris"',
      'value="test_success"',
    ]) {
      expect(data).to.contain(text);
    }
    expect(data).not.to.match(/<script|\sstyle="|\son\w+="/);
    expect(headers['content-security-policy']).to.match(/^default-src 'none'; style-src 'nonce-/);
    expect(headers['content-security-policy']).not.to.contain('script-src');
    expect(headers['cache-control']).to.equal('no-store');
  });

  it('writes what others named as text, not as markup', async () => {
    const page = await open(await app.create({ description: '<script>alert(1)</script> & "Jazz"' }));
    expect(page).to.contain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Jazz&quot;');
  });

  it('takes a payment: the form leads back to the page, which looks again until it is settled', async () => {
    const invoice = await app.create();
    const { status, headers } = await send(invoice, {
      method: 'test_slow_success',
      attemptKey: keyOn(await open(invoice)),
    });
    expect(status).to.equal(303);
    expect(new URL(headers.location, url(invoice)).href).to.equal(url(invoice));
    const waiting = await open(invoice);
    expect(waiting).to.contain('Payment under way').and.to.contain('http-equiv="refresh" content="1"');
    expect(waiting).not.to.contain('<form');
  });

  it('takes a double click as one try', async () => {
    const invoice = await app.create();
    const form = { method: 'test_decline', attemptKey: keyOn(await open(invoice)) };
    const clicks = await Promise.all([send(invoice, form), send(invoice, form), send(invoice, form)]);
    expect(clicks.map(({ status }) => status)).to.eql([303, 303, 303]);
    await app.becomes(invoice.bookingId, 'PENDING');
    expect((await send(invoice, form)).status).to.equal(303);
    expect((await app.invoiceOf(invoice.bookingId)).attempts).to.have.length(1);
  });

  it('says so when a payment was declined, and how many tries are left', async () => {
    const invoice = await app.create();
    await app.pay(invoice, 'test_decline');
    await app.becomes(invoice.bookingId, 'PENDING');
    expect(await open(invoice))
      .to.contain('Your payment was declined')
      .and.to.contain('2 tries left');
  });

  it('tells each end, and offers no way to pay after it', async () => {
    const paid = await app.create();
    await app.pay(paid, 'test_success');
    await app.becomes(paid.bookingId, 'PAID');
    const failed = await app.create({ paymentTries: 1 });
    await app.pay(failed, 'test_decline');
    await app.becomes(failed.bookingId, 'FAILED');
    const voided = await app.create();
    await app.void(voided.bookingId);
    const expired = await app.create({ expiresAt: new Date(Date.now() - 1_000).toISOString() });
    for (const [invoice, text] of [
      [paid, 'Paid'],
      [failed, 'Payment declined'],
      [voided, 'This invoice was cancelled'],
      [expired, 'The time to pay is over'],
    ] as const) {
      const page = await open(invoice);
      expect(page).to.contain(`<h2>${text}</h2>`).and.not.to.contain('<form');
      expect(page).to.not.contain('can pay this invoice');
      // Sent all the same (an old tab): back to the page, which says how things stand.
      expect((await send(invoice, { method: 'card', attemptKey: 'a'.repeat(36) })).status).to.equal(303);
    }
    await app.refund(paid.bookingId);
    await app.becomes(paid.bookingId, 'REFUNDED');
    const page = await open(paid);
    expect(page).to.contain('<h2>Refunded</h2>').and.to.contain('The reason: seat lost.');
    expect(page).to.contain('Whoever has this link can see how this invoice stands').and.not.to.contain('can pay');
    expect(await open(await app.create())).to.contain('Whoever has this link can pay this invoice, and nothing else.');
  });

  it('asks again when no method was chosen, or the form was tampered with', async () => {
    const invoice = await app.create();
    for (const form of [
      {},
      { method: 'card' },
      { method: 'cash', attemptKey: 'a'.repeat(36) },
      { 'method[$ne]': 'x' },
    ]) {
      const { status, data } = await send(invoice, form as Record<string, string>);
      expect(status).to.equal(400);
      expect(data).to.contain('Choose how you would like to pay').and.to.contain('<form');
    }
    expect((await app.invoiceOf(invoice.bookingId)).attempts).to.eql([]);
  });

  it('answers a wrong link with a page that tells nothing', async () => {
    for (const method of ['get', 'post'] as const) {
      const { status, data, headers } = await person[method](
        `${app.url}/pay/wrong`,
        method === 'post' ? new URLSearchParams({ method: 'card', attemptKey: 'a'.repeat(36) }) : undefined,
      );
      expect(status).to.equal(404);
      expect(headers['content-type']).to.contain('text/html');
      expect(data).to.contain('This payment link is not valid');
    }
  });
});
