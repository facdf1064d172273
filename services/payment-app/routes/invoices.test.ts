import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { invoiceOrder, startTestPaymentApp, type TestPaymentApp, tokenOf } from '../../../test/support/payment-app.ts';

describe('invoices (P1)', () => {
  let app: TestPaymentApp;
  before(async () => {
    app = await startTestPaymentApp('invoices');
  });
  after(() => app?.stop());

  describe('POST /invoices', () => {
    it('answers with a number for people and a URL that nobody guesses', async () => {
      const invoice = await app.create();
      expect(invoice).to.include({ status: 'PENDING', amount: 2_500_000, currency: 'IDR', triesLeft: 3 });
      expect(invoice.invoiceNumber).to.match(/^INV-\d{6}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
      expect(Buffer.from(tokenOf(invoice), 'base64url')).to.have.length(32);
      expect(invoice.paymentUrl).to.equal(`https://pay.example.test/pay/${tokenOf(invoice)}`);
    });

    it('makes one invoice of 20 calls at once for one booking, and gives 20 equal answers', async () => {
      const order = invoiceOrder();
      const answers = await Promise.all(Array.from({ length: 20 }, () => app.http.post('/invoices', order)));
      expect(answers.map(({ status }) => status).sort()).to.eql([...Array(19).fill(200), 201]);
      expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).to.equal(1);
    });

    it('refuses another amount for the same booking', async () => {
      const order = invoiceOrder();
      await app.create(order);
      const { status, data } = await app.http.post('/invoices', { ...order, amount: 1 });
      expect([status, data.code, data.field]).to.eql([409, 'invoice_mismatch', 'body.amount']);
      expect((await app.invoiceOf(order.bookingId)).amount).to.equal(2_500_000);
    });

    it('ignores fields it does not know, so that services can be deployed one after the other', async () => {
      const { status } = await app.http.post('/invoices', { ...invoiceOrder(), fromTheFuture: true });
      expect(status).to.equal(201);
    });

    for (const [field, value] of [
      ['bookingId', { $ne: null }],
      ['bookingId', undefined],
      ['amount', '2500000'],
      ['amount', -1],
      ['amount', 1.5],
      ['currency', 'USD'],
      ['expiresAt', 'tomorrow'],
      ['paymentTries', 0],
      ['lines', [{ text: 'seat', amount: { $gt: 0 } }]],
      ['lines', [{ text: '', amount: 1 }]],
      ['lines', [{ text: 'seat', amount: 1e25 }]],
      ['description', ''],
    ] as const) {
      it(`names ${field} when it is ${JSON.stringify(value) ?? 'missing'}`, async () => {
        const { status, data } = await app.http.post('/invoices', { ...invoiceOrder(), [field]: value });
        expect([status, data.code]).to.eql([400, 'invalid_request']);
        expect(data.field).to.match(new RegExp(`^body\\.${field}`));
      });
    }

    it('lets no one in without the service credential', async () => {
      for (const Authorization of ['', 'Bearer wrong', 'Basic abc']) {
        const { status, data } = await app.http.post('/invoices', invoiceOrder(), { headers: { Authorization } });
        expect([status, data.code]).to.eql([401, 'unauthenticated']);
      }
    });

    it('refuses a body that is too large, or not JSON', async () => {
      const large = await app.http.post('/invoices', { ...invoiceOrder(), description: 'x'.repeat(1_000_000) });
      expect([large.status, large.data.code]).to.eql([413, 'body_too_large']);
      const broken = await app.http.post('/invoices', '{"bookingId":', {
        headers: { 'Content-Type': 'application/json' },
      });
      expect([broken.status, broken.data.code]).to.eql([400, 'malformed_body']);
    });
  });

  describe('reading', () => {
    it('is for services, or for who has the token; a wrong token tells nothing', async () => {
      const invoice = await app.create();
      const other = await app.create();
      const stranger = axios.create({ baseURL: app.url, validateStatus: () => true });
      const at = (token?: string) =>
        stranger.get(`/invoices/${invoice.invoiceNumber}`, { params: token === undefined ? {} : { token } });
      expect((await app.http.get(`/invoices/${invoice.invoiceNumber}`)).data).to.eql(invoice);
      expect((await at(tokenOf(invoice))).data).to.eql(invoice);
      expect((await at()).status).to.equal(401);
      const wrong = await at(tokenOf(other));
      const unknown = await stranger.get('/invoices/INV-000000-0000-0000', { params: { token: 'x' } });
      expect([wrong.status, wrong.data.code]).to.eql([404, 'invoice_not_found']);
      expect(wrong.data).to.eql(unknown.data);
      expect((await at("'; drop")).status).to.equal(404);
      const operator = await stranger.get(`/invoices/${invoice.invoiceNumber}?token[$ne]=x`);
      expect([operator.status, operator.data.code]).to.eql([400, 'unknown_field']);
    });

    it('finds the invoice of a booking', async () => {
      const invoice = await app.create();
      const params = { bookingId: invoice.bookingId };
      expect((await app.http.get('/invoices', { params })).data).to.eql({ invoices: [invoice] });
      expect((await app.http.get('/invoices', { params: { bookingId: randomUUID() } })).data).to.eql({ invoices: [] });
      expect((await app.http.get(`/bookings/${randomUUID()}/invoice`)).data.code).to.equal('invoice_not_found');
    });
  });

  describe('POST /bookings/:bookingId/void', () => {
    it('ends a pending invoice, and says the same each time', async () => {
      const invoice = await app.create();
      const answers = await Promise.all(Array.from({ length: 10 }, () => app.void(invoice.bookingId)));
      for (const { status, data } of answers) {
        expect([status, data]).to.eql([200, { bookingId: invoice.bookingId, status: 'VOIDED' }]);
      }
      const paying = await app.pay(invoice, 'test_success');
      expect([paying.status, paying.data.code]).to.eql([410, 'invoice_voided']);
    });

    it('leaves a tombstone for a booking it does not know, which answers a later create (K-2)', async () => {
      const order = invoiceOrder();
      const voids = await Promise.all(Array.from({ length: 10 }, () => app.void(order.bookingId)));
      expect(voids.map(({ data }) => data.status)).to.eql(Array(10).fill('VOIDED'));
      const { status, data } = await app.http.post('/invoices', order);
      expect([status, data.status, data.paymentUrl]).to.eql([200, 'VOIDED', undefined]);
    });

    it('racing a create, leaves nothing that can be paid (K-2)', async () => {
      for (let i = 0; i < 30; i += 1) {
        const order = invoiceOrder();
        const [voided] = await Promise.all([app.void(order.bookingId), app.http.post('/invoices', order)]);
        expect(voided.data.status).to.equal('VOIDED');
        expect((await app.invoiceOf(order.bookingId)).status).to.equal('VOIDED');
      }
    });

    it('lets a try that is under way decide: declined ends VOIDED', async () => {
      const invoice = await app.create();
      await app.pay(invoice, 'test_slow_decline', { delayMs: 300 });
      expect((await app.void(invoice.bookingId)).data.status).to.equal('PROCESSING');
      expect((await app.pay(invoice, 'test_success')).data.code).to.equal('invoice_voided');
      await app.becomes(invoice.bookingId, 'VOIDED');
      expect((await app.void(invoice.bookingId)).data.status).to.equal('VOIDED');
    });

    it('lets a try that is under way decide: paid stays PAID', async () => {
      const invoice = await app.create();
      await app.pay(invoice, 'test_slow_success', { delayMs: 300 });
      expect((await app.void(invoice.bookingId)).data.status).to.equal('PROCESSING');
      await app.becomes(invoice.bookingId, 'PAID');
      expect((await app.void(invoice.bookingId)).data.status).to.equal('PAID');
    });

    /** Pays and voids one invoice at once; returns how it ended. */
    async function race(voidLaterMs: number): Promise<'PAID' | 'VOIDED'> {
      const invoice = await app.create();
      const { bookingId } = invoice;
      const voidLater = delay(voidLaterMs).then(() => app.void(bookingId));
      const [paying, voiding] = await Promise.all([app.pay(invoice, 'test_success'), voidLater]);
      const end = await app.becomes(bookingId, 'PAID', 'VOIDED');
      const paid = paying.status === 202;
      expect(end.status).to.equal(paid ? 'PAID' : 'VOIDED');
      expect(voiding.data.status).to.be.oneOf(paid ? ['PROCESSING', 'PAID'] : ['VOIDED']);
      expect(end.attempts.filter(({ outcome }) => outcome === 'paid')).to.have.length(paid ? 1 : 0);
      return paid ? 'PAID' : 'VOIDED';
    }

    it('racing a payment 100 times: paid or voided, never both and never neither', async function () {
      this.timeout(60_000);
      const ends = { PAID: 0, VOIDED: 0 };
      for (let round = 0; round < 10; round += 1) {
        // A little later each time, so that the two meet at every point of each other.
        const raced = await Promise.all(Array.from({ length: 10 }, () => race(round * 2)));
        for (const end of raced) ends[end] += 1;
      }
      // Were it always the same one, this would not have been a race.
      expect(Math.min(ends.PAID, ends.VOIDED), JSON.stringify(ends)).to.be.at.least(5);
    });
  });
});
