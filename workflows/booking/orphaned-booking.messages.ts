import { defineUpdate } from '@temporalio/workflow';
import { ticketingTaskQueue } from './booking.messages.ts';

/** What others may say to the workflow that gives back what a booking holds whose own workflow is gone. */

export const orphanedBookingWorkflowType = 'orphanedBooking';

/** The one name of it. */
export const orphanedBookingWorkflowId = (bookingId: string): string => `orphaned-booking/${bookingId}`;

export interface OrphanedBookingInput {
  bookingId: string;
  /** How the booking's document says that it ended, where it had come that far. */
  ended?: 'FAILED' | 'CANCELLED';
  /** It was offered to somebody who waited: the waitlist of its seat is told when everything has been given back. */
  isOffer: boolean;
}

/** `paid`: the payment app says that the money has come, so nothing was touched. */
export type OrphanedBookingOutcome = 'given_back' | 'paid';

/** Waits until it is certain that no money can come, or that it has; the seats are given back after that. */
export const orphanDecided = defineUpdate<OrphanedBookingOutcome, []>('orphanDecided');

/** How it is started, and however often: each of its steps may be repeated. */
export const orphanedBookingOptions = (input: OrphanedBookingInput) => ({
  workflowId: orphanedBookingWorkflowId(input.bookingId),
  taskQueue: ticketingTaskQueue,
  args: [input] as [OrphanedBookingInput],
  workflowTaskTimeout: '5s' as const,
  workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
  workflowIdConflictPolicy: 'USE_EXISTING' as const,
  staticSummary: `Give back what booking ${input.bookingId} holds`,
});
