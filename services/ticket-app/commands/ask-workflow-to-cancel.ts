import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { CancelReason } from '../../../lib/contracts/booking.ts';
import type { Logger } from '../../../lib/logging/logger.ts';
import { bookingWorkflowId, cancel, cancelUnlessPaid } from '../../../workflows/booking/booking.messages.ts';
import type { Booking } from '../models/booking.ts';
import { type BookingLedger, isOver } from '../models/booking-ledger.ts';

interface Dependencies {
  bookings: BookingLedger;
  temporal: Client;
  log: Logger;
}

export interface Asking {
  reason: CancelReason;
  /** A payment that wins the race makes it a sale: it is CONFIRMED when this returns. Otherwise its money goes back. */
  unlessPaid?: boolean;
  deadline: number;
}

export interface Asked {
  booking: Booking;
  /** False: it is not known whether the workflow has heard of it, only what the document says. */
  answered: boolean;
}

/**
 * Has an unpaid booking cancelled by its own workflow, which voids the invoice first. Answers with the booking as it then
 * is: over, or CONFIRMED because it was paid before, or as it was, while the cancellation goes on.
 */
export function createAskWorkflowToCancel({ bookings, temporal, log }: Dependencies) {
  return async (bookingId: string, { reason, unlessPaid = false, deadline }: Asking): Promise<Asked> => {
    const update = unlessPaid ? cancelUnlessPaid : cancel;
    try {
      // Under its name as its id: a repeat is the same update, and the one kind does not stand for the other.
      await temporal.connection.withDeadline(deadline, () =>
        temporal.workflow
          .getHandle(bookingWorkflowId(bookingId))
          .executeUpdate(update, { args: [reason], updateId: update.name }),
      );
    } catch (error) {
      // It ended meanwhile, or it goes on being cancelled: either way the document tells.
      const now = await bookings.get(bookingId);
      if (!(error instanceof WorkflowNotFoundError))
        log.warn({ bookingId, reason: (error as Error).message }, 'no answer to the cancellation yet');
      else if (!isOver(now.status)) log.error({ bookingId, status: now.status }, 'a booking has lost its workflow');
      return { booking: now, answered: false };
    }
    return { booking: await bookings.get(bookingId), answered: true };
  };
}
