import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import type { InvoiceView } from '../../../lib/contracts/invoice.ts';
import { limits } from '../../../lib/contracts/limits.ts';
import type { Logger } from '../../../lib/logging/logger.ts';
import { isWorkflowRunning } from '../../../temporal/describe.ts';
import { answerMarginMs, bookingWorkflowId } from '../../../workflows/booking/booking.messages.ts';
import {
  type OrphanedBookingOutcome,
  orphanDecided,
  orphanedBookingOptions,
  orphanedBookingWorkflowType,
} from '../../../workflows/booking/orphaned-booking.messages.ts';
import {
  cancellationWorkflowOptions,
  cancellationWorkflowType,
} from '../../../workflows/cancellation/cancellation.messages.ts';
import type { Booking } from '../models/booking.ts';
import { type BookingLedger, isOver, unpaid, wasConfirmed } from '../models/booking-ledger.ts';
import type { SeatLedger } from '../models/seat-ledger.ts';
import type { PaymentApp } from '../neighbours/payment-app.ts';
import { createAskWorkflowToCancel } from './ask-workflow-to-cancel.ts';
import { bookingToCancel } from './cancel-booking.ts';

interface Dependencies {
  bookings: BookingLedger;
  seats: SeatLedger;
  paymentApp: PaymentApp;
  temporal: Client;
  log: Logger;
}

/** How the seats of a booking are to be had back, or why not. Every way voids the invoice before it releases a seat. */
export type ReleasePlan =
  /** Its workflow runs, and is asked to cancel. */
  | 'ask_workflow'
  /** Its workflow is gone: another one does what that had left. */
  | 'give_back'
  /** It was sold and cancelled, and the cancellation's workflow is gone: that one is started again. */
  | 'cancel_again'
  | 'nothing_held'
  /** Its workflow is giving them back just now, or tries to. */
  | 'under_way'
  /** It is sold: to have the seats back is to cancel it, which returns the money. */
  | 'sold'
  /** A payment is being processed. */
  | 'being_paid'
  /** The money has come, and the workflow that would have made the ticket is gone. */
  | 'paid_without_workflow';

export interface ReleaseAnswer {
  plan: ReleasePlan;
  /**
   * `planned`: it was a dry run. `refused`: nothing was touched. `releasing`: it goes on, look again. `unanswered`: it may
   * not have begun, and nobody repeats it.
   */
  outcome: 'planned' | 'refused' | 'released' | 'releasing' | 'unanswered';
  heldSeatIds: string[];
  booking: Booking;
}

interface Done {
  plan: ReleasePlan;
  answered: boolean;
}

interface Options {
  /** Only tell what would be done. */
  dryRun: boolean;
  /** One line for the booking's timeline. */
  note?: string | undefined;
}

const startPatienceMs = 4_000;
const isSold = ({ status }: Booking) => status === 'CONFIRMED' || status === 'CANCELLING';
const isDoable = (plan: ReleasePlan) => plan === 'ask_workflow' || plan === 'give_back' || plan === 'cancel_again';

export type ReleaseHold = ReturnType<typeof createReleaseHold>;

/**
 * Gives back the seats of a booking that is not sold, the way its own workflow would, also where that is gone. It writes no
 * seat by itself. Undefined: no such booking. Rejects while Temporal or the payment app is away: nothing is given back on
 * a guess.
 */
export function createReleaseHold(dependencies: Dependencies) {
  const { bookings, seats, paymentApp, temporal, log } = dependencies;
  const askWorkflowToCancel = createAskWorkflowToCancel(dependencies);

  async function heldBy({ _id: bookingId, eventId, seatIds }: Booking): Promise<string[]> {
    const held = await Promise.all(seatIds.map((seatId) => seats.heldBy({ eventId, seatId, bookingId })));
    return held.flatMap((seat) => (seat ? [seat.seatId] : []));
  }

  async function planFor(booking: Booking, held: string[]): Promise<ReleasePlan> {
    if (isSold(booking)) return 'sold';
    const [runs, invoice] = await Promise.all([
      isWorkflowRunning(temporal, bookingWorkflowId(booking._id)),
      paymentApp.invoice(booking._id),
    ]);
    const over = isOver(booking.status);
    if (over && held.length === 0) return 'nothing_held';
    if (over && wasConfirmed(booking)) return 'cancel_again';
    if (over && runs) return 'under_way';
    return planUnsold(runs, invoice?.status);
  }

  function planUnsold(runs: boolean, invoice: InvoiceView['status'] | undefined): ReleasePlan {
    if (invoice === 'PROCESSING') return 'being_paid';
    if (runs) return invoice === 'PAID' ? 'being_paid' : 'ask_workflow';
    return invoice === 'PAID' ? 'paid_without_workflow' : 'give_back';
  }

  /** Undefined: it is not known yet, and goes on. */
  async function giveBack(booking: Booking): Promise<OrphanedBookingOutcome | undefined> {
    const { _id: bookingId, status, waitlistEntryId } = booking;
    const ended = status === 'FAILED' || status === 'CANCELLED' ? status : undefined;
    const options = orphanedBookingOptions({
      bookingId,
      isOffer: waitlistEntryId !== undefined,
      ...(ended && { ended }),
    });
    const startWorkflowOperation = new WithStartWorkflowOperation(orphanedBookingWorkflowType, options);
    try {
      return await temporal.connection.withDeadline(Date.now() + limits.patienceMs - answerMarginMs, () =>
        temporal.workflow.executeUpdateWithStart(orphanDecided, { startWorkflowOperation, updateId: bookingId }),
      );
    } catch (error) {
      // Only a returned value is an outcome (K-4).
      log.warn({ bookingId, reason: (error as Error).message }, 'no answer yet of the workflow that gives back');
      return undefined;
    }
  }

  async function cancelAgain(booking: Booking): Promise<void> {
    const options = cancellationWorkflowOptions(bookingToCancel(booking));
    await temporal.connection.withDeadline(Date.now() + startPatienceMs, () =>
      temporal.workflow.start(cancellationWorkflowType, options),
    );
  }

  /**
   * Leaves no wish that outlives the call, as a buyer's does: a payment that comes first makes the booking a sale, and an
   * operator who wants it cancelled all the same must say so.
   */
  async function askWorkflow({ _id: bookingId }: Booking, note: string | undefined): Promise<Done> {
    const deadline = Date.now() + limits.patienceMs - answerMarginMs;
    const text = 'The organizer asks for these seats back, unless they are paid for.';
    const step = { step: 'release_asked', text: note ? `${text} Their reason: ${note}` : text };
    await bookings.note(bookingId, step, {}, unpaid);
    const { booking, answered } = await askWorkflowToCancel(bookingId, {
      reason: 'cancelled_by_organizer',
      unlessPaid: true,
      deadline,
    });
    return { plan: isSold(booking) ? 'sold' : 'ask_workflow', answered: answered || isOver(booking.status) };
  }

  async function carryOut(plan: ReleasePlan, booking: Booking, note: string | undefined): Promise<Done> {
    log.warn({ bookingId: booking._id, plan }, 'an operator has the seats of a booking given back');
    if (plan === 'ask_workflow') return askWorkflow(booking, note);
    if (plan === 'cancel_again') {
      await cancelAgain(booking);
      return { plan, answered: true };
    }
    const outcome = await giveBack(booking);
    return { plan: outcome === 'paid' ? 'paid_without_workflow' : plan, answered: outcome !== undefined };
  }

  function outcomeOf({ plan, answered }: Done, held: string[]): ReleaseAnswer['outcome'] {
    if (!isDoable(plan)) return 'refused';
    if (held.length === 0) return 'released';
    return answered ? 'releasing' : 'unanswered';
  }

  return async (bookingId: string, { dryRun, note }: Options): Promise<ReleaseAnswer | undefined> => {
    const booking = await bookings.find(bookingId);
    if (!booking) return undefined;
    const heldSeatIds = await heldBy(booking);
    const plan = await planFor(booking, heldSeatIds);
    if (!isDoable(plan)) return { plan, outcome: 'refused', heldSeatIds, booking };
    if (dryRun) return { plan, outcome: 'planned', heldSeatIds, booking };
    const done = await carryOut(plan, booking, note);
    const now = await bookings.get(bookingId);
    const left = await heldBy(now);
    return { plan: done.plan, outcome: outcomeOf(done, left), heldSeatIds: left, booking: now };
  };
}
