import { expect } from 'chai';
import { after, before, beforeEach, describe, it } from 'mocha';
import { createLogger } from '../../../lib/logging/logger.ts';
import { startTestPaymentApp, type TestPaymentApp, webhookSecret } from '../../../test/support/payment-app.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { createPaymentApp } from '../app.ts';

describe('the outbox of payments', () => {
  let app: TestPaymentApp;
  before(async () => {
    app = await startTestPaymentApp('outbox');
  });
  beforeEach(() => app.receiver.answerWith(() => 204));
  after(() => app?.stop());

  const told = (bookingId: string, count: number) =>
    waitUntil(`${count} webhooks`, async () => {
      const received = app.receiver.of(bookingId);
      return received.length >= count && received;
    });
  const delivered = (bookingId: string) =>
    waitUntil('the delivery to be recorded', async () => {
      const { data } = await app.http.get('/webhook-deliveries', { params: { bookingId, status: 'delivered' } });
      return data.deliveries.length > 0 && data.deliveries;
    });

  it('tells WEBHOOK_URL the end of each try, either way, signed (P3, P4)', async () => {
    const invoice = await app.create();
    const declined = await app.pay(invoice, 'test_decline');
    await app.becomes(invoice.bookingId, 'PENDING');
    await told(invoice.bookingId, 1);
    const paid = await app.pay(invoice, 'test_success');
    const received = await told(invoice.bookingId, 2);
    const common = {
      invoiceNumber: invoice.invoiceNumber,
      bookingId: invoice.bookingId,
      workflowId: `booking/${invoice.bookingId}`,
      amount: 2_500_000,
      currency: 'IDR',
    };
    expect(received.map(({ verified }) => verified)).to.eql(['verified', 'verified']);
    const [first, second] = received.map(({ body: { at, ...body } }) => body);
    expect(first).to.eql({
      ...common,
      type: 'payment.declined',
      attemptId: declined.data.attemptId,
      invoiceStatus: 'PENDING',
      triesLeft: 2,
    });
    expect(second).to.eql({
      ...common,
      type: 'payment.paid',
      attemptId: paid.data.attemptId,
      invoiceStatus: 'PAID',
      triesLeft: 0,
    });
  });

  it('tells again what was refused: same id, same body, new time, valid signature', async () => {
    const invoice = await app.create();
    const answers = [503, 301, 200];
    app.receiver.answerWith(() => answers.shift() ?? 500);
    await app.pay(invoice, 'test_success');
    const [row] = await delivered(invoice.bookingId);
    const received = app.receiver.of(invoice.bookingId);
    expect(received.map(({ answeredWith }) => answeredWith)).to.eql([503, 301, 200]);
    expect(new Set(received.map(({ webhookId }) => webhookId)).size).to.equal(1);
    expect(new Set(received.map(({ rawBody }) => rawBody)).size).to.equal(1);
    expect(received.every(({ verified }) => verified === 'verified')).to.equal(true);
    expect(row).to.include({ tries: 3, status: 'delivered' });
  });

  it('signs each retry at its own time', async () => {
    const invoice = await app.create();
    app.receiver.answerWith(() => 500);
    await app.pay(invoice, 'test_success');
    const received = await waitUntil('a retry in another second', async () => {
      const all = app.receiver.of(invoice.bookingId);
      return new Set(all.map(({ timestamp }) => timestamp)).size >= 2 && all;
    });
    expect(received.every(({ verified }) => verified === 'verified')).to.equal(true);
    app.receiver.answerWith(() => 204);
    await delivered(invoice.bookingId);
  });

  it('lets a receiver that never answers hold up no payment', async () => {
    app.receiver.answerWith(() => 'nothing');
    // More than may be delivered at once, so that every place is taken.
    const stuck = await Promise.all(Array.from({ length: 40 }, () => app.create()));
    await Promise.all(stuck.map((invoice) => app.pay(invoice, 'test_success')));
    await waitUntil(
      'the receiver to be full',
      async () => app.receiver.received.filter(({ answeredWith }) => answeredWith === 'nothing').length >= 32,
    );
    const invoice = await app.create();
    const startedAt = Date.now();
    await app.pay(invoice, 'test_success');
    await app.becomes(invoice.bookingId, 'PAID');
    expect(Date.now() - startedAt).to.be.below(2_000);
    app.receiver.answerWith(() => 204);
    app.receiver.hangUp();
    await waitUntil('all to be delivered in the end', async () => {
      const { data } = await app.http.get('/webhook-deliveries', { params: { status: 'pending' } });
      return data.deliveries.length === 0;
    });
  });

  it('run by two processes at once, settles each try once and tells it once', async () => {
    const { connection, config } = app;
    const second = createPaymentApp({
      connection,
      config,
      log: createLogger('second', 'silent'),
      checkDatabase: async () => undefined,
    });
    second.startJobs();
    const invoices = await Promise.all(Array.from({ length: 60 }, () => app.create()));
    await Promise.all(invoices.map((invoice) => app.pay(invoice, 'test_success')));
    for (const { bookingId } of invoices) {
      const { attempts } = await app.becomes(bookingId, 'PAID');
      expect(attempts).to.have.length(1);
      await delivered(bookingId);
      expect(app.receiver.of(bookingId)).to.have.length(1);
    }
    await second.stopJobs();
  });

  it('is counted', async () => {
    const { data } = await app.http.get('/metrics');
    expect(data).to.match(/payment_attempts_total\{outcome="paid",service="payment-app"\} \d+/);
    expect(data).to.match(/payment_webhook_deliveries_total\{outcome="delivered",service="payment-app"\} \d+/);
    expect(data).to.match(/kursi_outbox_items\{outbox="deliveries",service="payment-app"\} 0/);
  });

  it('signs with the first of two live secrets', async () => {
    const rotated = await startTestPaymentApp('rotation', {
      webhookSecrets: [webhookSecret, 'whsec_b2xkIHNlY3JldCBvZiB0aGUgdGVzdHM='],
    });
    const invoice = await rotated.create();
    await rotated.pay(invoice, 'test_success');
    const [first] = await waitUntil('the webhook', async () => {
      const received = rotated.receiver.of(invoice.bookingId);
      return received.length > 0 && received;
    });
    expect(first!.verified).to.equal('verified');
    await rotated.stop();
  });
});
