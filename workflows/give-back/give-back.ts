import { ActivityFailure, condition, log } from '@temporalio/workflow';
import type { BookingWebhook } from '../../lib/contracts/booking.ts';
import { notifyClientApp, refundPollMs, requestRefund } from './give-back.steps.ts';

/** Only a returned value is an outcome (K-4): every error and every deadline means that nobody knows. */
export async function known<T>(step: () => Promise<T>): Promise<T | undefined> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof ActivityFailure || (error as Error).name === 'CancelledFailure') return undefined;
    throw error;
  }
}

/** For days if need be. A client that never listens undoes nothing: it can ask, and the delivery can be replayed. */
export async function tellClientApp(bookingId: string, type: BookingWebhook['type']): Promise<void> {
  const told = await known(async () => {
    await notifyClientApp(bookingId, type);
    return true;
  });
  if (!told) log.error('the Client App was never told', { bookingId, type });
}

/**
 * Returns the money of a booking, for however long that takes, and tells the Client App. `desk` counts the news of the
 * refund; its webhook goes to `workflowId`. `has_ticket`: a valid ticket exists, so there is no refund.
 */
export async function returnMoney(
  bookingId: string,
  desk: { readonly refundNews: number },
  workflowId?: string,
): Promise<'returned' | 'has_ticket'> {
  for (let waitMs = refundPollMs.first; ; waitMs = Math.min(2 * waitMs, refundPollMs.longest)) {
    const heard = desk.refundNews;
    const { status } = await requestRefund(bookingId, workflowId);
    if (status === 'has_ticket') return 'has_ticket';
    if (status === 'succeeded') break;
    await condition(() => desk.refundNews > heard, waitMs, { summary: 'The refund is being processed' });
  }
  await tellClientApp(bookingId, 'booking.refunded');
  return 'returned';
}
