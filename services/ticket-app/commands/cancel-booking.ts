import { type Client, WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import type { CancelReason } from '../../../lib/contracts/booking.ts';
import { limits } from '../../../lib/contracts/limits.ts';
import type { Logger } from '../../../lib/logging/logger.ts';
import { answerMarginMs, bookingWorkflowId, cancel } from '../../../workflows/booking/booking.messages.ts';
import {
  cancellationWorkflowOptions,
  cancellationWorkflowType,
  decided,
} from '../../../workflows/cancellation/cancellation.messages.ts';
import type { Booking } from '../models/booking.ts';
import { type BookingLedger, isOver } from '../models/booking-ledger.ts';
import { cutOffOf, type FindEvent } from '../models/event.ts';
import type { TicketRecords } from '../models/ticket-records.ts';
import { bookingToCancel } from './settle-cancellations.ts';

interface Dependencies {
  bookings: BookingLedger;
  tickets: TicketRecords;
  findEvent: FindEvent;
  temporal: Client;
  log: Logger;
}

export type CancelBookingAnswer =
  /** As it now is. CANCELLED, or FAILED by itself: it is over; any other status: it goes on being cancelled. */
  | { outcome: 'booking'; booking: Booking }
  /** It stays CONFIRMED: a ticket of it has been used, or the buyer's time for cancelling is over. */
  | { outcome: 'ticket_used'; booking: Booking }
  | { outcome: 'cancellation_closed'; booking: Booking; cancellableUntil: Date };

export type CancelBookingCommand = ReturnType<typeof createCancelBooking>;

/** What the timeline says when a confirmed booking begins to be cancelled. */
const asked: Record<CancelReason, string> = {
  cancelled_by_customer: 'You asked to cancel this booking.',
  cancelled_by_organizer: 'The organizer cancels this booking.',
  event_cancelled: 'The event is cancelled, and this booking with it.',
};
const sentence = (reason: CancelReason, note: string | undefined): string =>
  note === undefined ? asked[reason] : `${asked[reason]} Their reason: ${note}`;

/**
 * Cancels a booking, whatever its state. Of an unpaid one the workflow voids the invoice first, so a payment may win the
 * race and is returned. A confirmed one is cancelled until the event's cut-off, which binds buyers only, unless a ticket
 * of it was used. `note` is one line for the timeline. Answers within the caller's patience; undefined: no such booking.
 */
export function createCancelBooking({ bookings, tickets, findEvent, temporal, log }: Dependencies) {
  /** The booking's own workflow cancels it. If it was paid before, it is CONFIRMED when this returns. */
  async function cancelUnpaid(booking: Booking, reason: CancelReason, deadline: number): Promise<Booking> {
    const { _id: bookingId } = booking;
    try {
      await temporal.connection.withDeadline(deadline, () =>
        temporal.workflow
          .getHandle(bookingWorkflowId(bookingId))
          .executeUpdate(cancel, { args: [reason], updateId: 'cancel' }),
      );
    } catch (error) {
      // It ended meanwhile, or it goes on being cancelled: either way the document tells.
      const now = await bookings.get(bookingId);
      if (!(error instanceof WorkflowNotFoundError))
        log.warn({ bookingId, reason: (error as Error).message }, 'no answer to the cancellation yet');
      else if (!isOver(now.status)) log.error({ bookingId, status: now.status }, 'a booking has lost its workflow');
      return now;
    }
    return bookings.get(bookingId);
  }

  /** Why a booking is CONFIRMED that was to be cancelled. */
  async function refusal(booking: Booking, cancellableUntil?: Date): Promise<CancelBookingAnswer> {
    if (await tickets.isUsed(booking._id)) return { outcome: 'ticket_used', booking };
    if (!cancellableUntil)
      throw new Error(`Booking ${booking._id} was not cancelled, though nothing stood in the way.`);
    return { outcome: 'cancellation_closed', booking, cancellableUntil };
  }

  /** Starts the cancellation of a CANCELLING booking, or attaches to it, and waits until it is decided. */
  async function carryOut(booking: Booking, deadline: number): Promise<CancelBookingAnswer> {
    const { _id: bookingId } = booking;
    const startWorkflowOperation = new WithStartWorkflowOperation(
      cancellationWorkflowType,
      cancellationWorkflowOptions(bookingToCancel(booking)),
    );
    try {
      await temporal.connection.withDeadline(deadline, () =>
        temporal.workflow.executeUpdateWithStart(decided, { startWorkflowOperation, updateId: bookingId }),
      );
    } catch (error) {
      // Only a returned value is an outcome (K-4): whatever else came of the call, the document is read.
      log.warn({ bookingId, reason: (error as Error).message }, 'no answer from the cancellation yet');
    }
    const now = await bookings.get(bookingId);
    return now.status === 'CONFIRMED' ? refusal(now) : { outcome: 'booking', booking: now };
  }

  async function cancelConfirmed(booking: Booking, reason: CancelReason, note: string | undefined, deadline: number) {
    // Most refusals end here, and leave no trace.
    if (await tickets.isUsed(booking._id)) return { outcome: 'ticket_used', booking } as const;
    const event = reason === 'cancelled_by_customer' ? await findEvent(booking.eventId) : null;
    const cancellableUntil = event ? cutOffOf(event) : undefined;
    const text = sentence(reason, note);
    const begun = await bookings.beginCancelling(booking, { reason, text, before: cancellableUntil });
    if (begun.status === 'CANCELLING') return carryOut(begun, deadline);
    return begun.status === 'CONFIRMED'
      ? refusal(begun, cancellableUntil)
      : ({ outcome: 'booking', booking: begun } as const);
  }

  return async (bookingId: string, reason: CancelReason, note?: string): Promise<CancelBookingAnswer | undefined> => {
    const deadline = Date.now() + limits.patienceMs - answerMarginMs;
    let booking = await bookings.find(bookingId);
    if (!booking) return undefined;
    if (!isOver(booking.status)) {
      const text = sentence(reason, note);
      if (note !== undefined) await bookings.note(bookingId, { step: 'cancel_asked', text }, {}, unpaid);
      booking = await cancelUnpaid(booking, reason, deadline);
    }
    if (booking.status === 'CONFIRMED') return cancelConfirmed(booking, reason, note, deadline);
    if (booking.status === 'CANCELLING') return carryOut(booking, deadline);
    return { outcome: 'booking', booking };
  };
}

const unpaid = ['HOLDING', 'AWAITING_PAYMENT'] as const;
