import {
  allHandlersFinished,
  CancellationScope,
  condition,
  setCurrentDetails,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { VoidAnswer } from '../../lib/contracts/invoice.ts';
import { releaseAtOrganizer, releaseSeats } from '../give-back/give-back.steps.ts';
import { returnMoney, tellClientApp } from '../give-back/give-back.ts';
import { endBooking, settlePollMs, tellWaitlist, voidInvoice } from './booking.steps.ts';
import { type OrphanedBookingInput, type OrphanedBookingOutcome, orphanDecided } from './orphaned-booking.messages.ts';

/**
 * Gives back what a booking holds whose workflow is gone (terminated, or lost with Temporal's history), in the order in
 * which that workflow would have: the invoice is voided first, so that no money can come for a seat that is given away.
 * Has the money come already, it touches nothing. It may be started again at any time.
 */
export async function orphanedBooking(input: OrphanedBookingInput): Promise<OrphanedBookingOutcome> {
  return CancellationScope.nonCancellable(async () => {
    let decision: OrphanedBookingOutcome | undefined;
    setHandler(orphanDecided, async () => {
      await condition(() => decision !== undefined);
      return decision as OrphanedBookingOutcome;
    });
    setCurrentDetails('Voiding the invoice');
    const invoice = await settledInvoice(input.bookingId);
    if (invoice === 'PAID') {
      decision = 'paid';
      setCurrentDetails('Paid: nothing was touched');
    } else {
      const hasRefund = invoice === 'REFUNDING' || invoice === 'REFUNDED';
      const { bookingId, ended } = input;
      // The refund is written by what asks for it: it may stand there already, and further on than "pending".
      if (ended === undefined) await endBooking({ bookingId, status: 'CANCELLED', reason: 'cancelled_by_organizer' });
      decision = 'given_back';
      setCurrentDetails('Giving everything back');
      await giveBack(input, hasRefund);
      setCurrentDetails('Everything has been given back');
    }
    await condition(allHandlersFinished);
    return decision;
  });
}

/** Voids the invoice, and waits for a payment that is being processed. */
async function settledInvoice(bookingId: string): Promise<Exclude<VoidAnswer['status'], 'PROCESSING'>> {
  for (let waitMs = settlePollMs.first; ; waitMs = Math.min(2 * waitMs, settlePollMs.longest)) {
    const { status } = await voidInvoice(bookingId);
    if (status !== 'PROCESSING') return status;
    await sleep(waitMs, { summary: 'A payment is being processed' });
  }
}

/** The organizer first: a seat is not promised to anybody else while it is held there for this booking. */
async function giveBack({ bookingId, ended, isOffer }: OrphanedBookingInput, hasRefund: boolean): Promise<void> {
  const seats = async () => {
    await releaseAtOrganizer(bookingId);
    await releaseSeats(bookingId);
    if (isOffer) await tellWaitlist(bookingId);
  };
  await Promise.all([
    tellClientApp(bookingId, ended === 'FAILED' ? 'booking.failed' : 'booking.cancelled'),
    seats(),
    // Nothing is heard of it here: it is asked about until it is done.
    hasRefund ? returnMoney(bookingId, { refundNews: 0 }) : undefined,
  ]);
}
