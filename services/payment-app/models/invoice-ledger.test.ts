import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import mongoose, { type Connection } from 'mongoose';
import { invoiceOrder, paymentDatabase } from '../../../test/support/payment-app.ts';
import type { Invoice } from './invoice.ts';
import { InvoiceLedger } from './invoice-ledger.ts';
import { InvoiceReader } from './invoice-reader.ts';

describe('the invoice ledger', () => {
  let connection: Connection;
  let ledger: InvoiceLedger;
  let reader: InvoiceReader;

  before(async () => {
    connection = await mongoose.createConnection(await paymentDatabase('ledger')).asPromise();
    ledger = new InvoiceLedger(connection);
    reader = new InvoiceReader(connection);
  });
  after(async () => {
    await connection?.dropDatabase();
    await connection?.close();
  });

  async function pending(paymentTries = 3): Promise<Invoice> {
    const { expiresAt, ...order } = invoiceOrder({ paymentTries });
    return (await ledger.create({ ...order, expiresAt: new Date(expiresAt) }))!;
  }

  async function processing(paymentTries?: number): Promise<{ invoice: Invoice; attemptId: string }> {
    const { _id } = await pending(paymentTries);
    const invoice = (await ledger.startAttempt(_id, { key: randomUUID(), method: 'card', durationMs: 0 }))!;
    return { invoice, attemptId: invoice.attemptId! };
  }

  it('settles a try once, however often and with whatever outcome it is settled; the losers append no webhook', async () => {
    const { invoice, attemptId } = await processing();
    const settlings = await Promise.all(
      Array.from({ length: 20 }, (_, i) => ledger.settleAttempt(invoice, attemptId, i % 2 ? 'paid' : 'declined')),
    );
    expect(settlings.filter((settled) => settled !== undefined)).to.have.length(1);
    expect((await reader.byBooking(invoice._id))!.deliveries).to.have.length(1);
  });

  it('does not settle a try that has been followed by another (K-2)', async () => {
    const { invoice, attemptId } = await processing();
    await ledger.settleAttempt(invoice, attemptId, 'declined');
    const next = (await ledger.startAttempt(invoice._id, { key: 'next', method: 'card', durationMs: 0 }))!;
    expect(await ledger.settleAttempt(invoice, attemptId, 'paid')).to.equal(undefined);
    expect((await reader.byBooking(invoice._id))!.attemptId).to.equal(next.attemptId);
  });

  it('does not settle from what was read before a void was requested', async () => {
    const { invoice, attemptId } = await processing();
    const voiding = (await ledger.requestVoid(invoice._id))!;
    expect(await ledger.settleAttempt(invoice, attemptId, 'declined')).to.equal(undefined);
    const settled = (await ledger.settleAttempt(voiding, attemptId, 'declined'))!;
    expect([settled.status, settled.deliveries[0]!.invoiceStatus]).to.eql(['VOIDED', 'VOIDED']);
  });

  it('says FAILED at the last decline, and how many tries are left before it', async () => {
    const { invoice, attemptId } = await processing(2);
    const first = (await ledger.settleAttempt(invoice, attemptId, 'declined'))!;
    expect([first.status, first.deliveries[0]!.triesLeft]).to.eql(['PENDING', 1]);
    const again = (await ledger.startAttempt(invoice._id, { key: 'again', method: 'card', durationMs: 0 }))!;
    const last = (await ledger.settleAttempt(again, again.attemptId!, 'declined'))!;
    expect([last.status, last.deliveries[1]!.triesLeft]).to.eql(['FAILED', 0]);
  });

  it('accepts no try that wakes up after its invoice was voided, or has expired (K-2)', async () => {
    const voided = await pending();
    await ledger.voidUnpaid(voided._id);
    expect(await ledger.startAttempt(voided._id, { key: 'late', method: 'card', durationMs: 0 })).to.equal(undefined);
    const order = invoiceOrder();
    const expired = (await ledger.create({ ...order, expiresAt: new Date(Date.now() - 1_000) }))!;
    expect(await ledger.startAttempt(expired._id, { key: 'late', method: 'card', durationMs: 0 })).to.equal(undefined);
  });

  it('starts no refund of what is not paid, and no second one', async () => {
    const { invoice, attemptId } = await processing();
    const refund = { bookingId: invoice._id, refundId: 'r', workflowId: 'w', reason: 'test', durationMs: 0 };
    expect(await ledger.startRefund(invoice, refund)).to.equal(undefined);
    const paid = (await ledger.settleAttempt(invoice, attemptId, 'paid'))!;
    const started = await Promise.all([ledger.startRefund(paid, refund), ledger.startRefund(paid, refund)]);
    expect(started.filter((refunding) => refunding !== undefined)).to.have.length(1);
    const settle = () => ledger.settleRefund(paid._id, 'r', { n: 1, outcome: 'succeeded' });
    const settled = await Promise.all([settle(), settle()]);
    expect(settled.filter((refunded) => refunded !== undefined)).to.have.length(1);
    expect((await reader.byBooking(paid._id))!.deliveries.map(({ type }) => type)).to.eql([
      'payment.paid',
      'refund.succeeded',
    ]);
  });

  async function refunding(): Promise<Invoice> {
    const { invoice, attemptId } = await processing();
    const paid = (await ledger.settleAttempt(invoice, attemptId, 'paid'))!;
    const refund = { bookingId: paid._id, refundId: 'r', workflowId: 'w', reason: 'test', durationMs: 0 };
    return (await ledger.startRefund(paid, refund))!;
  }

  it('settles each try of a refund once and in its turn; a try that wakes up late settles nothing (K-2)', async () => {
    const { _id } = await refunding();
    const fail = (n: number) => ledger.settleRefund(_id, 'r', { n, outcome: 'failed', nextAttemptAt: new Date() });
    const succeed = (n: number) => ledger.settleRefund(_id, 'r', { n, outcome: 'succeeded' });
    expect(await succeed(2), 'before its turn').to.equal(undefined);
    const first = await Promise.all([fail(1), fail(1), succeed(1)]);
    expect(first.filter((settled) => settled !== undefined)).to.have.length(1);
    // Whichever of the three was first: two more at the same number change nothing.
    const after = (await reader.byBooking(_id))!;
    expect(await fail(1)).to.equal(undefined);
    expect(await succeed(1)).to.equal(undefined);
    expect((await reader.byBooking(_id))!).to.eql(after);
  });

  it('tells each try of a refund, and when the next one is due; the success ends it', async () => {
    const { _id } = await refunding();
    const due = new Date(Date.now() + 5_000);
    const failed = (await ledger.settleRefund(_id, 'r', { n: 1, outcome: 'failed', nextAttemptAt: due }))!;
    expect([failed.status, failed.refund!.nextAttemptAt]).to.eql(['REFUNDING', due]);
    const done = (await ledger.settleRefund(_id, 'r', { n: 2, outcome: 'succeeded' }))!;
    expect([done.status, done.refund!.nextAttemptAt]).to.eql(['REFUNDED', undefined]);
    expect(done.refund!.tries.map(({ n, outcome }) => [n, outcome])).to.eql([
      [1, 'failed'],
      [2, 'succeeded'],
    ]);
    const told = done.deliveries.slice(1).map(({ type, refundTry, invoiceStatus }) => [type, refundTry, invoiceStatus]);
    expect(told).to.eql([
      ['refund.failed', 1, 'REFUNDING'],
      ['refund.succeeded', 2, 'REFUNDED'],
    ]);
  });

  it('keeps the last 24 tries of a refund that fails for days, and counts them all', async () => {
    const { _id } = await refunding();
    for (let n = 1; n <= 30; n += 1) {
      await ledger.settleRefund(_id, 'r', { n, outcome: 'failed', nextAttemptAt: new Date() });
    }
    const { refund } = (await reader.byBooking(_id))!;
    expect(refund!.triesMade).to.equal(30);
    expect(refund!.tries.map(({ n }) => n)).to.eql(Array.from({ length: 24 }, (_, i) => i + 7));
  });

  it('lets only the holder of the lease say that a webhook was not delivered, and anybody that it was', async () => {
    const { invoice, attemptId } = await processing();
    const { deliveries } = (await ledger.settleAttempt(invoice, attemptId, 'paid'))!;
    const { webhookId } = deliveries[0]!;
    await ledger.deliveryLeases.claim(1_000, 60_000);
    await ledger.markNotDelivered(invoice._id, { ...deliveries[0]!, leaseId: 'of-another' }, 'HTTP 500', new Date());
    expect((await reader.byBooking(invoice._id))!.deliveries[0]).to.include({ tries: 0, status: 'pending' });
    await ledger.markDelivered(invoice._id, webhookId);
    expect((await reader.byBooking(invoice._id))!.deliveries[0]).to.include({ tries: 1, status: 'delivered' });
    await ledger.markDelivered(invoice._id, webhookId);
    expect((await reader.byBooking(invoice._id))!.deliveries[0]).to.include({ tries: 1 });
  });

  it('finds what is due by an index, however many invoices there are', async () => {
    for (const filter of [
      { attempts: { $elemMatch: { nextAttemptAt: { $lte: new Date() } } } },
      { deliveries: { $elemMatch: { nextAttemptAt: { $lte: new Date() } } } },
      { 'refund.nextAttemptAt': { $lte: new Date() } },
      { tokenHash: 'x' },
      { invoiceNumber: 'x' },
      { 'deliveries.webhookId': 'x' },
    ]) {
      const plan = JSON.stringify(await connection.collection('invoices').find(filter).explain('queryPlanner'));
      expect(plan, JSON.stringify(filter)).to.contain('IXSCAN').and.not.to.contain('COLLSCAN');
    }
  });
});
