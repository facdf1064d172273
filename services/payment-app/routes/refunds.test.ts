import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { startTestPaymentApp, type TestPaymentApp } from '../../../test/support/payment-app.ts';
import { waitUntil } from '../../../test/wait-until.ts';

describe('refunds', () => {
  let app: TestPaymentApp;
  before(async () => {
    app = await startTestPaymentApp('refunds');
  });
  after(() => app?.stop());

  async function paid() {
    const invoice = await app.create();
    await app.pay(invoice, 'test_success');
    return app.becomes(invoice.bookingId, 'PAID');
  }

  it('returns what was paid, and tells it to the workflow that asked', async () => {
    const { bookingId, invoiceNumber, amount } = await paid();
    const { status, data } = await app.refund(bookingId);
    expect([status, data]).to.eql([
      202,
      { refundId: bookingId, bookingId, invoiceNumber, status: 'pending', amount, currency: 'IDR' },
    ]);
    const refunded = await app.becomes(bookingId, 'REFUNDED');
    expect(refunded.refund).to.include({ refundId: bookingId, status: 'succeeded', amount });
    const told = await waitUntil('the webhook', async () =>
      app.receiver.of(bookingId).find(({ body }) => body.type === 'refund.succeeded'),
    );
    expect(told.body).to.include({ workflowId: `refund/${bookingId}`, refundId: bookingId, invoiceStatus: 'REFUNDED' });
    expect(told.body).not.to.have.property('attemptId');
  });

  it('returns it once, also when asked 20 times at once and long after', async () => {
    const { bookingId } = await paid();
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.refund(bookingId)));
    expect(new Set(answers.map(({ status, data }) => `${status} ${data.refundId} ${data.amount}`)).size).to.equal(1);
    await app.becomes(bookingId, 'REFUNDED');
    expect((await app.refund(bookingId)).data).to.include({ refundId: bookingId, status: 'succeeded' });
    await waitUntil('the webhooks', async () => app.receiver.of(bookingId).length >= 2);
    const { data } = await app.http.get('/webhook-deliveries', { params: { bookingId } });
    expect(data.deliveries.map(({ body }: { body: { type: string } }) => body.type)).to.eql([
      'refund.succeeded',
      'payment.paid',
    ]);
  });

  it('never returns more than was paid: a second refund of another id is refused', async () => {
    const { bookingId } = await paid();
    const answers = await Promise.all([app.refund(bookingId, 'one'), app.refund(bookingId, 'two')]);
    expect(answers.map(({ status }) => status).sort()).to.eql([202, 409]);
    expect(answers.find(({ status }) => status === 409)?.data.code).to.equal('already_refunded');
  });

  it('refuses where nothing is paid', async () => {
    const pending = await app.create();
    const voided = await app.create();
    await app.void(voided.bookingId);
    for (const [bookingId, invoiceStatus] of [
      [pending.bookingId, 'PENDING'],
      [voided.bookingId, 'VOIDED'],
      [randomUUID(), 'UNKNOWN'],
    ] as const) {
      const { status, data } = await app.refund(bookingId);
      expect([status, data.code, data.invoiceStatus]).to.eql([409, 'not_paid', invoiceStatus]);
    }
  });

  it('asks for the credential, and names what is wrong', async () => {
    const stranger = await app.http.post('/refunds', {}, { headers: { Authorization: '' } });
    expect(stranger.status).to.equal(401);
    const { status, data } = await app.http.post('/refunds', { refundId: 'r', bookingId: { $gt: '' } });
    expect(status).to.equal(400);
    expect(data.field).to.match(/^body\.(bookingId|workflowId)$/);
  });
});
