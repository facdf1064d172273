import { cancellationWorkflowId } from '../cancellation/cancellation.messages.ts';
import { bookingWorkflowId } from './booking.messages.ts';
import { orphanedBookingWorkflowId } from './orphaned-booking.messages.ts';
import { orphanedSaleWorkflowId } from './orphaned-sale.messages.ts';

/** Whoever may work on a booking. */
export const workflowIdsOf = (bookingId: string): string[] =>
  [bookingWorkflowId, cancellationWorkflowId, orphanedBookingWorkflowId, orphanedSaleWorkflowId].map((idOf) =>
    idOf(bookingId),
  );
