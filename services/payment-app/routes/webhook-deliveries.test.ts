import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { startTestPaymentApp, type TestPaymentApp } from '../../../test/support/payment-app.ts';
import { waitUntil } from '../../../test/wait-until.ts';

interface Listed {
  webhookId: string;
  status: string;
  tries: number;
  body: { bookingId: string; type: string };
}

describe('webhook deliveries', () => {
  let app: TestPaymentApp;
  before(async () => {
    app = await startTestPaymentApp('deliveries');
  });
  after(() => app?.stop());

  const list = async (params: Record<string, unknown> = {}): Promise<{ deliveries: Listed[]; nextCursor?: string }> =>
    (await app.http.get('/webhook-deliveries', { params })).data;

  async function declinedThenPaid(): Promise<string> {
    const invoice = await app.create();
    await app.pay(invoice, 'test_decline');
    await app.becomes(invoice.bookingId, 'PENDING');
    await app.pay(invoice, 'test_success');
    await app.becomes(invoice.bookingId, 'PAID');
    return invoice.bookingId;
  }

  it('are listed page by page, each once, and by booking or status', async () => {
    const bookings: string[] = [];
    for (let i = 0; i < 4; i += 1) bookings.push(await declinedThenPaid());
    await waitUntil('all to be delivered', async () => {
      const { deliveries } = await list({ status: 'delivered', limit: 100 });
      return deliveries.length === 8;
    });
    for (const limit of [1, 3, 8, 20]) {
      const found: Listed[] = [];
      let cursor: string | undefined;
      do {
        const page = await list({ limit, cursor });
        expect(page.deliveries.length).to.be.at.most(limit);
        found.push(...page.deliveries);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(found.map(({ body }) => body.bookingId)).to.eql(bookings.flatMap((id) => [id, id]).reverse());
      expect(new Set(found.map(({ webhookId }) => webhookId)).size).to.equal(8);
    }
    const { deliveries } = await list({ bookingId: bookings[1] });
    expect(deliveries.map(({ body }) => body.type)).to.eql(['payment.paid', 'payment.declined']);
    expect(await list({ status: 'exhausted' })).to.eql({ deliveries: [] });
  });

  it('can be replayed under their old id', async () => {
    const bookingId = await declinedThenPaid();
    const [listed] = await waitUntil('the delivery', async () => {
      const { deliveries } = await list({ bookingId, status: 'delivered' });
      return deliveries.length === 2 && deliveries;
    });
    const before = app.receiver.of(bookingId).length;
    const { status } = await app.http.post(`/webhook-deliveries/${listed!.webhookId}/replay`);
    expect(status).to.equal(202);
    await waitUntil('the replay', async () => app.receiver.of(bookingId).length === before + 1);
    const replayed = app.receiver.of(bookingId).at(-1);
    expect([replayed?.webhookId, replayed?.verified]).to.eql([listed!.webhookId, 'verified']);
    expect((await app.http.post('/webhook-deliveries/msg_unknown/replay')).data.code).to.equal(
      'webhook_delivery_not_found',
    );
  });

  it('are for services, and refuse what they do not understand by name', async () => {
    const stranger = await app.http.get('/webhook-deliveries', { headers: { Authorization: '' } });
    expect(stranger.status).to.equal(401);
    for (const [query, field] of [
      ['limit=0', 'query.limit'],
      ['status=lost', 'query.status'],
      ['cursor=abc', 'query.cursor'],
      ['bookingId[$ne]=1', 'query.bookingId[$ne]'],
    ]) {
      const { status, data } = await app.http.get(`/webhook-deliveries?${query}`);
      expect([status, data.field]).to.eql([400, field]);
    }
  });
});
