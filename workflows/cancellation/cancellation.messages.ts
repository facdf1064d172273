import { defineUpdate } from '@temporalio/workflow';
import type { CancelReason } from '../../lib/contracts/booking.ts';
import { searchAttributes, ticketingTaskQueue } from '../booking/booking.messages.ts';

/** What others may say to a cancellation, and what it answers. Of its refund it hears by the booking's `refundSettled`. */

export const cancellationWorkflowType = 'cancellation';

/** The one name of a booking's cancellation; webhooks about the refund wake it by this name. */
export const cancellationWorkflowId = (bookingId: string): string => `cancellation/${bookingId}`;

export interface CancellationInput {
  bookingId: string;
}

/**
 * `ticket_used`: it was refused, and the booking is CONFIRMED again. `not_cancelling`: there was nothing to do, for an
 * earlier run had done it.
 */
export type CancellationOutcome = 'cancelled' | 'ticket_used' | 'not_cancelling';

/** Waits until it is certain whether the booking is cancelled; its seats and money are given back after that. */
export const decided = defineUpdate<CancellationOutcome, []>('decided');

export interface BookingToCancel {
  bookingId: string;
  customerId: string;
  eventId: string;
  seatIds: string[];
  reason: CancelReason;
}

/** How a cancellation is started, whoever starts it, and however often: its steps look at the booking's document first. */
export const cancellationWorkflowOptions = (booking: BookingToCancel) => {
  const { bookingId, customerId, eventId, seatIds, reason } = booking;
  return {
    workflowId: cancellationWorkflowId(bookingId),
    taskQueue: ticketingTaskQueue,
    args: [{ bookingId }] as [CancellationInput],
    workflowTaskTimeout: '5s' as const,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    priority: { fairnessKey: eventId.slice(0, 64) },
    staticSummary: `Cancel ${seatIds.length} ${seatIds.length === 1 ? 'seat' : 'seats'} of ${eventId}: ${reason}`,
    typedSearchAttributes: [
      { key: searchAttributes.eventId, value: eventId },
      { key: searchAttributes.customerId, value: customerId },
      { key: searchAttributes.status, value: 'CANCELLING' },
      { key: searchAttributes.seats, value: seatIds },
    ],
  };
};
