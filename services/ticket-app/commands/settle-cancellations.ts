import type { Client } from '@temporalio/client';
import type { Logger } from '../../../lib/logging/logger.ts';
import {
  type BookingToCancel,
  cancellationWorkflowOptions,
  cancellationWorkflowType,
} from '../../../workflows/cancellation/cancellation.messages.ts';
import type { Booking } from '../models/booking.ts';
import type { BookingLedger } from '../models/booking-ledger.ts';

interface Dependencies {
  bookings: BookingLedger;
  temporal: Client;
  log: Logger;
}

/** A cancellation is decided within a second; one this old was never started, or waits for a worker. */
const silenceMs = 10_000;
const batch = 100;
/** Without a deadline a round would hang while Temporal is away. */
const startPatienceMs = 4_000;

/** What the workflow of a cancellation is started with. */
export const bookingToCancel = ({ _id, customerId, eventId, seatIds, reason }: Booking): BookingToCancel => {
  if (reason !== 'cancelled_by_customer' && reason !== 'cancelled_by_organizer' && reason !== 'event_cancelled')
    throw new Error(`Booking ${_id} is being cancelled for no reason: ${reason}.`);
  return { bookingId: _id, customerId, eventId, seatIds, reason };
};

/** Starts what a killed process left CANCELLING (K-3), each by itself. One whose workflow runs is left to it. */
export function createSettleCancellations({ bookings, temporal, log }: Dependencies) {
  async function carryOn(booking: Booking): Promise<void> {
    const { _id: bookingId } = booking;
    try {
      const options = cancellationWorkflowOptions(bookingToCancel(booking));
      await temporal.connection.withDeadline(Date.now() + startPatienceMs, () =>
        temporal.workflow.start(cancellationWorkflowType, options),
      );
      log.info({ bookingId }, 'carrying on a cancellation that was left');
    } catch (error) {
      log.warn({ bookingId, reason: (error as Error).message }, 'a cancellation that was left could not be started');
    }
  }

  return async (now: Date): Promise<void> => {
    const left = await bookings.cancellingSince(new Date(now.getTime() - silenceMs), batch);
    await Promise.all(left.map(carryOn));
  };
}
