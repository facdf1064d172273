import { expect } from 'chai';
import { after, beforeEach, describe, it } from 'mocha';
import type { PaymentWebhook } from '../../../lib/contracts/invoice.ts';
import { newId } from '../../../lib/ids.ts';
import { createLogger } from '../../../lib/logging/logger.ts';
import { receivedWebhooks } from '../../../lib/webhooks/received.ts';
import { temporalClient } from '../../../temporal/connection.ts';
import { useDatabase } from '../../../test/database.ts';
import { temporalAddress } from '../../../test/engines.ts';
import { bookingWorkflowId, bookingWorkflowType } from '../../../workflows/booking/booking.messages.ts';
import { orphanedSaleWorkflowId, orphanedSaleWorkflowType } from '../../../workflows/booking/orphaned-sale.messages.ts';
import { createBookingLedger } from '../models/booking-ledger.ts';
import { createReceivePaymentWebhook } from './receive-payment-webhook.ts';
import type { RefundBooking } from './refund-booking.ts';

describe('a webhook of the payment app', () => {
  const database = useDatabase('ticket-app');
  const temporal = temporalClient({ TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: 'default' });
  /** As while Temporal is away. */
  const nobody = temporalClient({ TEMPORAL_ADDRESS: '127.0.0.1:9', TEMPORAL_NAMESPACE: 'default' });
  let webhook: PaymentWebhook;
  let refunds: string[];
  let refundAnswer: Awaited<ReturnType<RefundBooking>>;

  const receiver = (client = temporal) =>
    createReceivePaymentWebhook({
      bookings: createBookingLedger(database()),
      received: receivedWebhooks(database()),
      refundBooking: async (bookingId) => {
        refunds.push(bookingId);
        return refundAnswer;
      },
      temporal: client,
      log: createLogger('ticket-app', 'silent'),
    });
  const workflow = () => temporal.workflow.getHandle(webhook.workflowId);
  const signals = async () => {
    const { events } = await workflow().fetchHistory();
    return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
  };

  beforeEach(async () => {
    refunds = [];
    refundAnswer = 'pending';
    const bookingId = newId();
    const booking = { customerId: 'ayu', eventId: 'gamelan', seatIds: ['A-1-1'], claimBefore: new Date() };
    await createBookingLedger(database()).begin({ _id: bookingId, runId: 'run-1', ...booking });
    const workflowId = bookingWorkflowId(bookingId);
    // No worker polls this queue: the history holds what was signalled, and nothing else.
    await temporal.workflow.start(bookingWorkflowType, { workflowId, taskQueue: `none-${bookingId}`, args: [] });
    webhook = {
      type: 'payment.paid',
      invoiceNumber: 'INV-1',
      bookingId,
      workflowId,
      attemptId: newId(),
      invoiceStatus: 'PAID',
      triesLeft: 0,
      amount: 1,
      currency: 'IDR',
      at: new Date().toISOString(),
    };
  });
  after(async () => {
    await Promise.all([temporal.connection.close(), nobody.connection.close()]);
  });

  it('whose signal was lost is not recorded as done: delivered again, it wakes the booking (K-1, K-3)', async function () {
    this.timeout(30_000);
    const first = await receiver(nobody)('msg_1', webhook).then(
      () => 'taken',
      () => 'not taken',
    );
    expect(first).to.equal('not taken');
    expect(await signals()).to.equal(0);
    await receiver()('msg_1', webhook);
    expect(await signals()).to.equal(1);
    await workflow().terminate('a test');
  });

  it('that is done is taken again without effect', async () => {
    await receiver()('msg_2', webhook);
    await receiver()('msg_2', webhook);
    expect(await signals()).to.equal(1);
    await workflow().terminate('a test');
  });

  it('for a workflow that is closed asks for a refund if money came, and only then', async () => {
    await workflow().terminate('a test');
    await receiver()('msg_3', { ...webhook, type: 'payment.declined', invoiceStatus: 'PENDING' });
    expect(refunds).to.deep.equal([]);
    await receiver()('msg_4', webhook);
    expect(refunds).to.deep.equal([webhook.bookingId]);
  });

  it('for a workflow that is closed finishes the sale of a booking with a valid ticket that was never confirmed', async () => {
    await workflow().terminate('a test');
    refundAnswer = 'has_ticket';
    await receiver()('msg_ticket', webhook);
    const sale = temporal.workflow.getHandle(orphanedSaleWorkflowId(webhook.bookingId));
    expect((await sale.describe()).type).to.equal(orphanedSaleWorkflowType);
    await sale.terminate('a test');
  });

  it('that was told to a workflow which was then ended is heard when it is sent again', async () => {
    await receiver()('msg_told', webhook);
    await workflow().terminate('a test');
    expect(refunds).to.deep.equal([]);
    await receiver()('msg_told', webhook);
    expect(refunds).to.deep.equal([webhook.bookingId]);
  });

  it('about a booking that is not here is 404, and leaves nothing behind', async () => {
    await workflow().terminate('a test');
    const answer = await receiver()('msg_5', { ...webhook, bookingId: 'unknown' }).catch((error) => error);
    expect(answer).to.include({ status: 404, code: 'booking_not_found' });
    expect(refunds).to.deep.equal([]);
  });

  it('about a refund that failed wakes the booking, and tells the buyer once for each of the first tries', async () => {
    const { attemptId: _, ...rest } = webhook;
    const failed = (n: number) => ({
      ...rest,
      type: 'refund.failed' as const,
      refundId: webhook.bookingId,
      refundTry: n,
      invoiceStatus: 'REFUNDING' as const,
    });
    for (const n of [1, 2, 3, 4, 5]) await receiver()(`msg_failed_${n}`, failed(n));
    // Delivered again under another id, as a replay by hand is.
    await receiver()('msg_replayed', failed(1));
    const { timeline } = await createBookingLedger(database()).get(webhook.bookingId);
    expect(timeline.slice(1).map(({ step, text }) => [step, text])).to.eql([
      ['refund_failed/1', 'Returning your money failed at try 1; it is tried again.'],
      ['refund_failed/2', 'Returning your money failed at try 2; it is tried again.'],
      ['refund_failed/3', 'Returning your money failed at try 3; it is tried again until it is done.'],
    ]);
    expect(await signals()).to.equal(6);
    await workflow().terminate('a test');
  });

  it('about a refund that failed, come late, changes nothing that has been returned', async () => {
    const { attemptId: _, ...rest } = webhook;
    const bookings = createBookingLedger(database());
    const returned = await bookings.note(webhook.bookingId, {
      step: 'refunded',
      text: 'Your money has been returned.',
    });
    const late = {
      type: 'refund.failed',
      refundId: webhook.bookingId,
      refundTry: 1,
      invoiceStatus: 'REFUNDING',
    } as const;
    await receiver()('msg_late', { ...rest, ...late });
    expect(await bookings.get(webhook.bookingId)).to.eql(returned);
    await workflow().terminate('a test');
  });

  it('about a decline stands in the timeline of a booking that waits, and changes none that has ended', async () => {
    const bookings = createBookingLedger(database());
    const declined = { ...webhook, type: 'payment.declined', invoiceStatus: 'PENDING', triesLeft: 2 } as const;
    await receiver()('msg_declined', declined);
    const waiting = await bookings.get(webhook.bookingId);
    expect(waiting.timeline.at(-1)?.text).to.equal('A payment was declined; 2 tries are left.');
    const ended = await bookings.end(webhook.bookingId, 'FAILED', 'payment_expired', 'It was not paid.');
    await receiver()('msg_declined_late', { ...declined, attemptId: newId() });
    expect(await bookings.get(webhook.bookingId)).to.eql(ended);
    await workflow().terminate('a test');
  });
});
