import { ticketingTaskQueue } from './booking.messages.ts';

export const orphanedSaleWorkflowType = 'orphanedSale';

/** The one name of it. */
export const orphanedSaleWorkflowId = (bookingId: string): string => `orphaned-sale/${bookingId}`;

export interface OrphanedSaleInput {
  bookingId: string;
  /** It was offered to somebody who waited: the waitlist of its seat is told. */
  isOffer: boolean;
}

/** `lost`: a seat is not the booking's any more, so nothing was confirmed; an operator has to look. */
export type OrphanedSaleOutcome = 'confirmed' | 'lost' | 'revoked';

/** How it is started, and however often: each of its steps may be repeated. */
export const orphanedSaleOptions = (input: OrphanedSaleInput) => ({
  workflowId: orphanedSaleWorkflowId(input.bookingId),
  taskQueue: ticketingTaskQueue,
  args: [input] as [OrphanedSaleInput],
  workflowTaskTimeout: '5s' as const,
  workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
  workflowIdConflictPolicy: 'USE_EXISTING' as const,
  staticSummary: `Finish the sale of booking ${input.bookingId}`,
});
