import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import type { CancelReason } from '../../../lib/contracts/booking.ts';
import { limits } from '../../../lib/contracts/limits.ts';
import type { Logger } from '../../../lib/logging/logger.ts';
import { answerMarginMs } from '../../../workflows/booking/booking.messages.ts';
import {
  type BookingToCancel,
  cancellationWorkflowOptions,
  cancellationWorkflowType,
  decided,
} from '../../../workflows/cancellation/cancellation.messages.ts';
import type { Booking, CancelWish } from '../models/booking.ts';
import { type BookingLedger, isOver, wasConfirmed } from '../models/booking-ledger.ts';
import { cutOffOf, type FindEvent } from '../models/event.ts';
import type { TicketRecords } from '../models/ticket-records.ts';
import { createAskWorkflowToCancel } from './ask-workflow-to-cancel.ts';

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
const paidMeanwhile = 'It had been paid by then, so its ticket is taken back and the money returned.';
const sentence = (reason: CancelReason, note: string | undefined): string =>
  note === undefined ? asked[reason] : `${asked[reason]} Their reason: ${note}`;

/** What the workflow of a cancellation is started with. */
export const bookingToCancel = ({ _id, customerId, eventId, seatIds, reason }: Booking): BookingToCancel => {
  if (reason !== 'cancelled_by_customer' && reason !== 'cancelled_by_organizer' && reason !== 'event_cancelled')
    throw new Error(`Booking ${_id} is being cancelled for no reason: ${reason}.`);
  return { bookingId: _id, customerId, eventId, seatIds, reason };
};

/** `at`: asked while it was unpaid. */
type Wish = Omit<CancelWish, 'at'> & { at?: Date };

interface Call {
  note: string | undefined;
  deadline: number;
}

export interface CancelOptions {
  /** One line for the timeline. */
  note?: string | undefined;
  /** How long the caller waits for an answer. */
  patienceMs?: number;
}

/**
 * Cancels a booking, whatever its state. Of an unpaid one the workflow voids the invoice first, so a payment may win the
 * race and is returned: the wish is written down before, and the sweep repeats the call while it stands there. A confirmed
 * one is cancelled until the event's cut-off, which binds buyers only, unless a ticket of it was used. Answers within the
 * caller's patience; undefined: no such booking.
 */
export function createCancelBooking({ bookings, tickets, findEvent, temporal, log }: Dependencies) {
  const askWorkflow = createAskWorkflowToCancel({ bookings, temporal, log });

  async function cancelUnpaid({ _id: bookingId, cancelAsked }: Booking, deadline: number): Promise<Booking> {
    const [first] = cancelAsked ?? [];
    if (!first) throw new Error(`Nobody asked to cancel booking ${bookingId}.`);
    return (await askWorkflow(bookingId, { reason: first.reason, deadline })).booking;
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

  /** Starts the cancellation of a CANCELLED booking anew, should its workflow have been terminated half way. */
  async function startAgain(booking: Booking, deadline: number): Promise<void> {
    const options = cancellationWorkflowOptions(bookingToCancel(booking));
    try {
      await temporal.connection.withDeadline(deadline, () =>
        temporal.workflow.start(cancellationWorkflowType, options),
      );
    } catch (error) {
      // It is cancelled, whatever came of the call; the sweep sees to the rest.
      log.warn({ bookingId: booking._id, reason: (error as Error).message }, 'a cancellation was not started again');
    }
  }

  async function cancelConfirmed(booking: Booking, reason: CancelReason, { note, deadline }: Call) {
    const wish = booking.cancelAsked?.find((asked) => asked.reason === reason);
    const begun = await begin(booking, wish ?? { reason, ...(note !== undefined && { note }) });
    if (begun.outcome !== 'booking') {
      if (wish) await bookings.forgetWish(booking._id, reason);
      return begun;
    }
    return begun.booking.status === 'CANCELLING' ? carryOut(begun.booking, deadline) : begun;
  }

  /** CONFIRMED → CANCELLING. Whoever asked before the cut-off, while it was unpaid, is not late because it was paid since. */
  async function begin(booking: Booking, wish: Wish): Promise<CancelBookingAnswer> {
    const { reason, note, at } = wish;
    // Most refusals end here, and leave no trace.
    if (await tickets.isUsed(booking._id)) return { outcome: 'ticket_used', booking };
    const event = reason === 'cancelled_by_customer' ? await findEvent(booking.eventId) : null;
    const cancellableUntil = event ? cutOffOf(event) : undefined;
    const inTime = at !== undefined && cancellableUntil !== undefined && at < cancellableUntil;
    const before = inTime ? undefined : cancellableUntil;
    const why = sentence(reason, note);
    // Said once, also where it was asked while it was unpaid.
    const isTold =
      at !== undefined && booking.timeline.some(({ step, text }) => step === 'cancel_asked' && text === why);
    const text = isTold ? paidMeanwhile : why;
    const begun = await bookings.beginCancelling(booking, { reason, text, before });
    return begun.status === 'CONFIRMED' ? refusal(begun, cancellableUntil) : { outcome: 'booking', booking: begun };
  }

  return async (
    bookingId: string,
    reason: CancelReason,
    { note, patienceMs = limits.patienceMs - answerMarginMs }: CancelOptions = {},
  ): Promise<CancelBookingAnswer | undefined> => {
    const deadline = Date.now() + patienceMs;
    let booking = await bookings.find(bookingId);
    if (!booking) return undefined;
    if (!isOver(booking.status)) {
      const wish = { reason, at: new Date(), ...(note !== undefined && { note }) };
      booking = await bookings.askToCancel(bookingId, wish, sentence(reason, note));
    }
    if (!isOver(booking.status)) booking = await cancelUnpaid(booking, deadline);
    if (booking.status === 'CONFIRMED') return cancelConfirmed(booking, reason, { note, deadline });
    if (booking.status === 'CANCELLING') return carryOut(booking, deadline);
    const sold = booking.status === 'CANCELLED' && wasConfirmed(booking);
    // An event's cancellation asks about bookings that hold seats: of these more may be left than the money.
    if (sold && (booking.refund?.status === 'pending' || reason === 'event_cancelled'))
      await startAgain(booking, deadline);
    return { outcome: 'booking', booking };
  };
}
