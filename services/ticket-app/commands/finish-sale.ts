import type { Client } from '@temporalio/client';
import {
  type OrphanedSaleOutcome,
  orphanedSaleOptions,
  orphanedSaleWorkflowType,
} from '../../../workflows/booking/orphaned-sale.messages.ts';
import { type BookingLedger, isOver, wasConfirmed } from '../models/booking-ledger.ts';

const startPatienceMs = 4_000;

/** The workflow that does it, and its outcome. */
export interface FinishingSale {
  workflowId: string;
  result(): Promise<OrphanedSaleOutcome>;
}

/**
 * Has the sale of a booking finished that was paid, has a valid ticket and has lost its workflow. Undefined: there is nothing
 * to finish. Rejects while Temporal is away.
 */
export function createFinishSale({ bookings, temporal }: { bookings: BookingLedger; temporal: Client }) {
  return async (bookingId: string): Promise<FinishingSale | undefined> => {
    const booking = await bookings.get(bookingId);
    if (wasConfirmed(booking) || isOver(booking.status)) return undefined;
    const options = orphanedSaleOptions({ bookingId, isOffer: booking.waitlistEntryId !== undefined });
    return temporal.connection.withDeadline(Date.now() + startPatienceMs, () =>
      temporal.workflow.start(orphanedSaleWorkflowType, options),
    );
  };
}
