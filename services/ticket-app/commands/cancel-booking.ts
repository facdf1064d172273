import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { CancelReason } from '../../../lib/contracts/booking.ts';
import { limits } from '../../../lib/contracts/limits.ts';
import type { Logger } from '../../../lib/logging/logger.ts';
import { bookingWorkflowId, cancel } from '../../../workflows/booking/booking.messages.ts';
import type { Booking } from '../models/booking.ts';
import { type BookingLedger, isOver } from '../models/booking-ledger.ts';

interface Dependencies {
  bookings: BookingLedger;
  temporal: Client;
  log: Logger;
}

export type CancelBookingCommand = ReturnType<typeof createCancelBooking>;

/**
 * Cancels a booking that is not confirmed. Its workflow voids the invoice first, so the answer may be that a payment
 * won the race. Answers with the booking as it then is (look at its status), or undefined if there is none.
 */
export function createCancelBooking({ bookings, temporal, log }: Dependencies) {
  return async (bookingId: string, reason: CancelReason): Promise<Booking | undefined> => {
    const booking = await bookings.find(bookingId);
    if (!booking) return undefined;
    if (isOver(booking.status)) return booking;
    try {
      await temporal.connection.withDeadline(Date.now() + limits.patienceMs, () =>
        temporal.workflow
          .getHandle(bookingWorkflowId(bookingId))
          .executeUpdate(cancel, { args: [reason], updateId: 'cancel' }),
      );
    } catch (error) {
      // It ended meanwhile, or it goes on being cancelled: either way the document tells.
      const now = await bookings.get(bookingId);
      const reason = (error as Error).message;
      if (!(error instanceof WorkflowNotFoundError))
        log.warn({ bookingId, reason }, 'no answer to the cancellation yet');
      else if (!isOver(now.status)) log.error({ bookingId, status: now.status }, 'a booking has lost its workflow');
      return now;
    }
    return bookings.get(bookingId);
  };
}
