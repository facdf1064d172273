import axios from 'axios';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { startTestPaymentApp, type TestPaymentApp, tokenOf } from '../../../test/support/payment-app.ts';

describe('paying (P2)', () => {
  let app: TestPaymentApp;
  before(async () => {
    app = await startTestPaymentApp('payments');
  });
  after(() => app?.stop());

  it('is accepted at once and settled later', async () => {
    const invoice = await app.create();
    const { status, data } = await app.pay(invoice, 'test_slow_success', { delayMs: 200 });
    expect([status, data.status, data.outcome]).to.eql([202, 'PROCESSING', undefined]);
    const paid = await app.becomes(invoice.bookingId, 'PAID');
    expect(paid.attempts).to.have.length(1);
    expect(paid.attempts[0]).to.include({ attemptId: data.attemptId, outcome: 'paid', method: 'test_slow_success' });
    expect(Date.parse(paid.attempts[0]!.settledAt!) - Date.parse(paid.attempts[0]!.startedAt)).to.be.at.least(200);
  });

  it('by an ordinary method goes by the rate', async () => {
    const invoice = await app.create();
    await app.pay(invoice, 'qris');
    await app.becomes(invoice.bookingId, 'PAID');
  });

  it('may be tried again after a decline, as often as the invoice allows', async () => {
    const invoice = await app.create({ paymentTries: 2 });
    expect((await app.pay(invoice, 'test_decline')).data.triesLeft).to.equal(1);
    const once = await app.becomes(invoice.bookingId, 'PENDING');
    expect(once.triesLeft).to.equal(1);
    expect((await app.pay(invoice, 'test_decline')).status).to.equal(202);
    await app.becomes(invoice.bookingId, 'FAILED');
    const { status, data } = await app.pay(invoice, 'test_success');
    expect([status, data.code]).to.eql([409, 'no_tries_left']);
  });

  it('takes one try at a time, and none once it is paid', async () => {
    const invoice = await app.create();
    // Longer than ten answers take on a busy machine: the last of them must still meet the try under way.
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => app.pay(invoice, 'test_slow_success', { delayMs: 2_000 })),
    );
    expect(answers.filter(({ status }) => status === 202)).to.have.length(1);
    for (const { status, data } of answers.filter((answer) => answer.status !== 202)) {
      expect([status, data.code]).to.eql([409, 'payment_in_progress']);
    }
    const paid = await app.becomes(invoice.bookingId, 'PAID');
    expect(paid.attempts).to.have.length(1);
    expect((await app.pay(invoice, 'test_success')).data.code).to.equal('already_paid');
  });

  it('is over once the invoice has expired', async () => {
    const invoice = await app.create({ expiresAt: new Date(Date.now() - 1).toISOString() });
    const { status, data } = await app.pay(invoice, 'test_success');
    expect([status, data.code]).to.eql([410, 'payment_expired']);
    expect((await app.invoiceOf(invoice.bookingId)).attempts).to.eql([]);
  });

  describe('with an Idempotency-Key', () => {
    it('is one try, also 20 times at once and long after', async () => {
      const invoice = await app.create();
      const pay = () => app.pay(invoice, 'test_decline', { key: 'click-0001' });
      const answers = await Promise.all(Array.from({ length: 20 }, pay));
      await app.becomes(invoice.bookingId, 'PENDING');
      answers.push(await pay());
      expect(new Set(answers.map(({ status, data }) => `${status} ${data.attemptId}`)).size).to.equal(1);
      const { attempts, triesLeft } = await app.becomes(invoice.bookingId, 'PENDING');
      expect([attempts.length, triesLeft]).to.eql([1, 2]);
      expect(answers.at(-1)?.data.outcome).to.equal('declined');
    });

    it('refuses another method under the same key', async () => {
      const invoice = await app.create();
      await app.pay(invoice, 'test_decline', { key: 'click-0002' });
      const { status, data } = await app.pay(invoice, 'test_success', { key: 'click-0002' });
      expect([status, data.code]).to.eql([422, 'idempotency_key_reused']);
    });

    it('refuses a key that is none', async () => {
      for (const key of ['scan-12', 'x'.repeat(129), 'a key with spaces']) {
        const { status, data } = await app.pay(await app.create(), 'card', { key });
        expect([status, data.field], key).to.eql([400, 'header.Idempotency-Key']);
      }
    });
  });

  it('shows the payer what is due, without a credential and without our ids', async () => {
    const invoice = await app.create();
    const { status, data } = await axios.get(`${app.url}/payments/${tokenOf(invoice)}`);
    expect(status).to.equal(200);
    expect(data).to.include({ invoiceNumber: invoice.invoiceNumber, payable: true, amount: 2_500_000, triesLeft: 3 });
    expect(JSON.stringify(data)).not.to.contain(invoice.bookingId);
  });

  it('says 404 to a wrong token, without telling more', async () => {
    const invoice = await app.create();
    const wrong = `${tokenOf(invoice).slice(0, -1)}_`;
    for (const token of [wrong, 'x', '$ne', invoice.invoiceNumber, invoice.bookingId]) {
      const read = await app.http.get(`/payments/${token}`);
      const paid = await app.http.post(`/payments/${token}`, { method: 'test_success' });
      expect([read.status, read.data.code, paid.status, paid.data.code]).to.eql([
        404,
        'invoice_not_found',
        404,
        'invoice_not_found',
      ]);
    }
    expect((await app.invoiceOf(invoice.bookingId)).attempts).to.eql([]);
  });

  for (const [body, code, field] of [
    [{}, 'invalid_request', 'body.method'],
    [{ method: { $ne: null } }, 'invalid_request', 'body.method'],
    [{ method: 'cash' }, 'invalid_request', 'body.method'],
    [{ method: 'card', amount: 1 }, 'unknown_field', 'body.amount'],
    [{ method: 'card', delayMs: 10 }, 'invalid_request', 'body.delayMs'],
    [{ method: 'test_slow_success', delayMs: 30_001 }, 'invalid_request', 'body.delayMs'],
    [[], 'invalid_request', 'body'],
  ] as const) {
    it(`refuses ${JSON.stringify(body)}, naming ${field}`, async () => {
      const invoice = await app.create();
      const { status, data } = await app.http.post(`/payments/${tokenOf(invoice)}`, body);
      expect([status, data.code, data.field]).to.eql([400, code, field]);
      expect((await app.invoiceOf(invoice.bookingId)).attempts).to.eql([]);
    });
  }
});

describe('paying in production', () => {
  let app: TestPaymentApp;
  before(async () => {
    app = await startTestPaymentApp('production', { testMethods: false });
  });
  after(() => app?.stop());

  it('offers no method that forces an outcome, neither by JSON nor on the page', async () => {
    const invoice = await app.create();
    const { status, data } = await app.pay(invoice, 'test_success');
    expect([status, data.field]).to.eql([400, 'body.method']);
    const page = `/pay/${tokenOf(invoice)}`;
    expect((await app.http.get(page)).data).not.to.contain('test_');
    const form = new URLSearchParams({ method: 'test_success', attemptKey: 'a'.repeat(36) });
    expect((await app.http.post(page, form)).status).to.equal(400);
    expect((await app.invoiceOf(invoice.bookingId)).attempts).to.eql([]);
  });
});
