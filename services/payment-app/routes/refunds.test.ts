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

  it('whose tries fail go on until the money is back, and tell each try', async function () {
    this.timeout(10_000);
    const invoice = await app.create();
    await app.pay(invoice, 'test_refund_fails_twice');
    const { bookingId, amount } = await app.becomes(invoice.bookingId, 'PAID');
    await app.refund(bookingId);
    const { refund } = await app.becomes(bookingId, 'REFUNDED');
    expect(refund).to.include({ refundId: bookingId, status: 'succeeded', amount, reason: 'seat lost' });
    expect(refund!.tries.map(({ n, outcome }) => [n, outcome])).to.eql([
      [1, 'failed'],
      [2, 'failed'],
      [3, 'succeeded'],
    ]);
    expect(refund!.tries.at(-1)!.at).to.equal(refund!.settledAt);
    const told = await waitUntil('the webhooks', async () => {
      const refunds = app.receiver.of(bookingId).filter(({ body }) => body.refundId === bookingId);
      return refunds.length >= 3 && refunds;
    });
    // Deliveries of one invoice may overtake each other.
    const news = told.map(({ body }) => `${body.refundTry} ${body.type} ${body.invoiceStatus}`).sort();
    expect(news).to.eql(['1 refund.failed REFUNDING', '2 refund.failed REFUNDING', '3 refund.succeeded REFUNDED']);
  });

  it('that fail at random are all done in the end, once each', async function () {
    this.timeout(30_000);
    const random = await startTestPaymentApp('random-refunds', { refundFailureRate: 0.3, seed: 'half' });
    // Ids of our own: with the seed they fix how each try ends, so that no run waits for an unlikely row of failures.
    const ids = Array.from({ length: 30 }, (_, i) => `refunded-${i}`);
    const invoices = await Promise.all(ids.map((bookingId) => random.create({ bookingId })));
    await Promise.all(invoices.map((invoice) => random.pay(invoice, 'card')));
    const done = await Promise.all(
      invoices.map(async ({ bookingId }) => {
        await random.becomes(bookingId, 'PAID');
        await random.refund(bookingId);
        return waitUntil(
          'the refund',
          async () => {
            const invoice = await random.invoiceOf(bookingId);
            return invoice.status === 'REFUNDED' && invoice;
          },
          25_000,
        );
      }),
    );
    const outcomes = done.map(({ refund }) => refund!.tries.map(({ outcome }) => outcome));
    expect(outcomes.every((tries) => tries.indexOf('succeeded') === tries.length - 1)).to.equal(true);
    expect(outcomes.filter((tries) => tries.length > 1).length, 'refunds that failed first').to.be.greaterThan(0);
    const { data } = await random.http.get('/metrics');
    const counted = (outcome: string) =>
      Number(new RegExp(`payment_refunds_total\\{outcome="${outcome}"[^}]*\\} (\\d+)`).exec(data)?.[1] ?? 0);
    const count = (outcome: string) => outcomes.flat().filter((one) => one === outcome).length;
    expect([counted('succeeded'), counted('failed')]).to.eql([30, count('failed')]);
    await random.stop();
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
