import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import type { PaymentWebhook } from '../../lib/contracts/invoice.ts';
import { newId } from '../../lib/ids.ts';
import { signWebhook } from '../../lib/webhooks/signature.ts';
import { temporalClient } from '../../temporal/connection.ts';
import { bookingWorkflowId } from '../../workflows/booking/booking.messages.ts';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases } from './databases.ts';
import { anEvent, atTicketApp, booked, call, invoiceOf, pay, person, seatsOf, untilStatus } from './stage.ts';

type Booked = Awaited<ReturnType<typeof booked>>;

const webhook = (booking: Booked, changes: Partial<PaymentWebhook> = {}): PaymentWebhook => ({
  type: 'payment.paid',
  invoiceNumber: booking.invoiceNumber,
  bookingId: booking.bookingId,
  workflowId: bookingWorkflowId(booking.bookingId),
  attemptId: newId(),
  invoiceStatus: 'PAID',
  triesLeft: 2,
  amount: booking.amount,
  currency: 'IDR',
  at: new Date().toISOString(),
  ...changes,
});

const secret = () => (system().env.PAYMENT_WEBHOOK_SECRETS ?? '').split(',')[0] ?? '';

function send(body: unknown, { at = new Date(), key = secret(), id = newId(), tamper = '' } = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = signWebhook(key, id, text, at);
  return call(`${system().urls.ticketApp}/webhooks/payments`, { method: 'POST', headers, body: text + tamper });
}

describe('webhooks of the payment app', function () {
  this.timeout(60_000);
  after(closeDatabases);

  it('that are forged, stale or tampered with are answered 401 and change nothing', async () => {
    const booking = await booked(await person(), await anEvent(), ['A-1-1']);
    const wrongKey = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const hour = 3_600_000;
    for (const answer of [
      await send(webhook(booking), { key: wrongKey }),
      await send(webhook(booking), { at: new Date(Date.now() - hour) }),
      await send(webhook(booking), { at: new Date(Date.now() + hour) }),
      await send(webhook(booking), { tamper: ' ' }),
      await call(`${system().urls.ticketApp}/webhooks/payments`, { body: webhook(booking) }),
    ]) {
      expect(answer.status).to.equal(401);
      expect(answer.body.code).to.equal('webhook_forged');
    }
    expect((await atTicketApp(booking.bookingId)).body).to.include({ status: 'AWAITING_PAYMENT' });
  });

  it('that are signed but malformed are answered 400, naming the field', async () => {
    const booking = await booked(await person(), await anEvent(), ['A-1-1']);
    expect((await send('{"type":')).status).to.equal(400);
    const answer = await send({ ...webhook(booking), triesLeft: 'two' });
    expect(answer.status).to.equal(400);
    expect(answer.body.field).to.equal('body.triesLeft');
  });

  it('that come twenty times, late and in the wrong order, have one effect: PAID beats any decline', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    const booking = await booked(buyer, eventId, ['A-1-1']);
    await pay(booking.paymentUrl, 'test_decline');
    await waitUntil(
      'the decline',
      async () => (await invoiceOf(booking.bookingId)).attempts[0]?.outcome === 'declined',
    );
    await pay(booking.paymentUrl, 'test_success');
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED');
    const before = (await atTicketApp(booking.bookingId)).body;

    const declined = webhook(booking, { type: 'payment.declined', invoiceStatus: 'FAILED', triesLeft: 0 });
    const paid = webhook(booking);
    const id = newId();
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, () => send(paid, { id })),
      send(declined),
      send(webhook(booking, { type: 'payment.declined', invoiceStatus: 'PENDING' })),
    ]);
    expect(answers.map((answer) => answer.status)).to.deep.equal(answers.map(() => 204));
    const afterwards = (await atTicketApp(booking.bookingId)).body;
    expect(afterwards).to.include({ status: 'CONFIRMED' });
    expect(afterwards.refund).to.equal(undefined);
    expect(afterwards.ticket).to.deep.equal(before.ticket);
    expect((await seatsOf(eventId))['A-1-1']?.status).to.equal('BOOKED');
    expect((await invoiceOf(booking.bookingId)).status).to.equal('PAID');
  });

  it('for a workflow that was terminated, with a paid invoice and no ticket, start the refund', async () => {
    const buyer = await person();
    const booking = await booked(buyer, await anEvent(), ['A-1-1']);
    const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '' } = system().env;
    const client = temporalClient({ TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE });
    await client.workflow.getHandle(bookingWorkflowId(booking.bookingId)).terminate('a test');
    await client.connection.close();
    await pay(booking.paymentUrl, 'test_success');
    await waitUntil('the refund', async () => (await invoiceOf(booking.bookingId)).status === 'REFUNDED');
    const { body } = await atTicketApp(booking.bookingId);
    expect(body.ticket).to.equal(undefined);
    await waitUntil(
      'the booking to know',
      async () => (await atTicketApp(booking.bookingId)).body.refund?.status === 'succeeded',
    );
  });
});
