import type { Client } from '@temporalio/client';
import type { Logger } from '../../../lib/logging/logger.ts';
import {
  cancellationWorkflowOptions,
  cancellationWorkflowType,
} from '../../../workflows/cancellation/cancellation.messages.ts';
import type { Booking } from '../models/booking.ts';
import type { UnsettledBookings } from '../models/unsettled-bookings.ts';
import { bookingToCancel, type CancelBookingCommand } from './cancel-booking.ts';

interface Dependencies {
  unsettled: UnsettledBookings;
  cancelBooking: CancelBookingCommand;
  temporal: Client;
  log: Logger;
}

/** A cancellation is decided within a second; one this old was never started, or waits for a worker. */
const silenceMs = 10_000;
/** Money is back in a moment, and each failed try is told; this long without news it may be that nobody sees to it. */
const moneySilenceMs = 5 * 60_000;
const batch = 100;
/** Without a deadline a round would hang while Temporal is away. */
const patienceMs = 4_000;

/**
 * Carries on what a killed process or a payment that won the race left (K-3), each by itself: bookings that somebody
 * asked to cancel, those that are CANCELLING, and those that are CANCELLED while their money is not back: their workflow
 * may have been terminated. One whose workflow runs is left to it.
 */
export function createSettleCancellations({ unsettled, cancelBooking, temporal, log }: Dependencies) {
  async function carryOn(booking: Booking): Promise<void> {
    const { _id: bookingId } = booking;
    try {
      const options = cancellationWorkflowOptions(bookingToCancel(booking));
      await temporal.connection.withDeadline(Date.now() + patienceMs, () =>
        temporal.workflow.start(cancellationWorkflowType, options),
      );
      log.info({ bookingId }, 'a cancellation that was left is carried on, unless it runs already');
    } catch (error) {
      log.warn({ bookingId, reason: (error as Error).message }, 'a cancellation that was left could not be started');
    }
  }

  /** Does the call again for each who asked, until one is not refused. */
  async function askAgain({ _id: bookingId, cancelAsked = [] }: Booking): Promise<void> {
    try {
      for (const { reason, note } of cancelAsked) {
        const answer = await cancelBooking(bookingId, reason, { note, patienceMs });
        log.info({ bookingId, reason, outcome: answer?.outcome }, 'asked again to cancel a booking');
        if (answer?.outcome === 'booking') return;
      }
    } catch (error) {
      log.warn({ bookingId, reason: (error as Error).message }, 'a booking could not be asked again to be cancelled');
    }
  }

  return async (now: Date): Promise<void> => {
    const before = new Date(now.getTime() - silenceMs);
    const [asked, left, owing] = await Promise.all([
      unsettled.asked(before, batch),
      unsettled.cancelling(before, batch),
      unsettled.owing(new Date(now.getTime() - moneySilenceMs), batch),
    ]);
    await Promise.all([...asked.map(askAgain), ...[...left, ...owing].map(carryOn)]);
  };
}
