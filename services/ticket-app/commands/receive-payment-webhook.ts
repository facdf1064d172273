import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { PaymentWebhook } from '../../../lib/contracts/invoice.ts';
import { notFound } from '../../../lib/http/problem.ts';
import type { Logger } from '../../../lib/logging/logger.ts';
import type { receivedWebhooks } from '../../../lib/webhooks/received.ts';
import { isWorkflowRunning } from '../../../temporal/describe.ts';
import { paymentSettled, refundSettled } from '../../../workflows/booking/booking.messages.ts';
import type { BookingLedger } from '../models/booking-ledger.ts';
import { createFinishSale } from './finish-sale.ts';
import type { RefundBooking } from './refund-booking.ts';

interface Dependencies {
  bookings: BookingLedger;
  received: ReturnType<typeof receivedWebhooks>;
  refundBooking: RefundBooking;
  temporal: Client;
  log: Logger;
}

/** The payment app waits 5 s for an answer, and then delivers again. */
const signalPatienceMs = 4_000;

/** A refund that fails for days fills no timeline. */
const refundFailuresTold = 3;

export type ReceivePaymentWebhook = ReturnType<typeof createReceivePaymentWebhook>;

/**
 * Passes a payment's outcome on to the booking that waits for it. The id is recorded as done only after that: a crash
 * in between repeats the signal, which is idempotent, instead of losing it. Rejects if it could not be passed on, and
 * with 404 for a booking that is not in the database; the payment app then delivers again.
 */
export function createReceivePaymentWebhook({ bookings, received, refundBooking, temporal, log }: Dependencies) {
  const finishSale = createFinishSale({ bookings, temporal });

  async function tellWorkflow(webhook: PaymentWebhook): Promise<'told' | 'closed'> {
    const handle = temporal.workflow.getHandle(webhook.workflowId);
    try {
      // Without a deadline the client would go on trying after the payment app has given this delivery up.
      await temporal.connection.withDeadline(Date.now() + signalPatienceMs, async () => {
        if (webhook.attemptId === undefined) return handle.signal(refundSettled);
        const { attemptId, invoiceStatus, triesLeft } = webhook;
        return handle.signal(paymentSettled, { attemptId, invoiceStatus, triesLeft });
      });
      return 'told';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'closed';
      throw error;
    }
  }

  /** Nobody is there any more to act on the money: without a ticket it goes back. With one, the sale is finished. */
  async function settleWithoutWorkflow({ bookingId, type, invoiceStatus, refundId }: PaymentWebhook): Promise<void> {
    const owed = invoiceStatus === 'PAID' || refundId !== undefined;
    const answer = owed ? await refundBooking(bookingId) : 'nothing_owed';
    if (answer === 'has_ticket') await finishSale(bookingId);
    log.info({ bookingId, type, answer }, 'webhook for a closed workflow');
  }

  async function tellOfDecline({ bookingId, attemptId, triesLeft }: PaymentWebhook): Promise<void> {
    const left = triesLeft === 1 ? 'one try is left' : `${triesLeft} tries are left`;
    const step = { step: `payment_declined/${attemptId}`, text: `A payment was declined; ${left}.` };
    // Come late, after the end has been told, it would make a version that nobody tells client-app.
    await bookings.note(bookingId, step, {}, ['HOLDING', 'AWAITING_PAYMENT']);
  }

  async function tellOfFailedRefund({ bookingId, refundTry = 1 }: PaymentWebhook): Promise<void> {
    if (refundTry > refundFailuresTold) return;
    const last = refundTry === refundFailuresTold;
    const text = `Returning your money failed at try ${refundTry}; it is tried again${last ? ' until it is done' : ''}.`;
    await bookings.note(bookingId, { step: `refund_failed/${refundTry}`, before: 'refunded', text });
  }

  return async (webhookId: string, webhook: PaymentWebhook): Promise<void> => {
    if (await received.isDone(webhookId)) {
      // Sent again by an operator, it also helps where the workflow was ended after it had been told.
      if (webhook.type === 'payment.paid' && !(await isWorkflowRunning(temporal, webhook.workflowId)))
        await settleWithoutWorkflow(webhook);
      return;
    }
    if (!(await bookings.find(webhook.bookingId))) throw notFound('booking');
    if (webhook.type === 'payment.declined') await tellOfDecline(webhook);
    if (webhook.type === 'refund.failed') await tellOfFailedRefund(webhook);
    if ((await tellWorkflow(webhook)) === 'closed') await settleWithoutWorkflow(webhook);
    await received.markDone(webhookId);
  };
}
