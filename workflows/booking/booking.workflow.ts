import { allHandlersFinished, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { BookingReason } from '../../lib/contracts/booking.ts';
import { releaseAtOrganizer, releaseSeats } from '../give-back/give-back.steps.ts';
import { known, returnMoney, tellClientApp } from '../give-back/give-back.ts';
import { answerMarginMs, type BookingInput, type BookingOutcome } from './booking.messages.ts';
import {
  beginBooking,
  confirmSeats,
  endBooking,
  issueTicket,
  reserveMs,
  settlePollMs,
  stepsUntil,
  tellWaitlist,
  voidInvoice,
  voidPatienceMs,
} from './booking.steps.ts';
import { BookingDesk } from './booking-desk.ts';

/** An end without a ticket. `refund`: the money had come already, and goes back. */
interface NotSold {
  status: 'FAILED' | 'CANCELLED';
  reason: BookingReason;
  refusedSeatIds?: string[];
  refund?: boolean;
}
type Ending = { status: 'CONFIRMED' } | NotSold;

/** What must be undone, last thing first; each is registered before the step it undoes. */
type Compensations = Array<() => Promise<void>>;

/**
 * The life of one booking: claim the seats, hold them at the organizer, invoice, wait for the payment or the end of the
 * hold, then either confirm and make the ticket, or give everything back. It does every step by itself, whether or not
 * anybody asks; it ends when the Client App has been told.
 */
export async function booking(input: BookingInput): Promise<BookingOutcome> {
  const webUi = CancellationScope.current();
  return CancellationScope.nonCancellable(async () => {
    const desk = new BookingDesk();
    // A cancellation from the Web UI is an operator's, and does what the update `cancel` does.
    webUi.cancelRequested.catch(() => desk.askToCancel('cancelled_by_organizer'));
    const outcome = await live(input, desk);
    await condition(allHandlersFinished);
    return outcome;
  });
}

async function live(input: BookingInput, desk: BookingDesk): Promise<BookingOutcome> {
  const { bookingId } = input;
  const claimBefore = Date.now() + reserveMs;
  const isOffer = input.waitlistEntryId !== undefined;
  // What is registered first runs last: the waitlist of an offered seat looks when everything has been given back.
  const compensations: Compensations = [
    ...(isOffer ? [() => tellWaitlist(bookingId)] : []),
    () => releaseSeats(bookingId),
  ];
  const notifications: Promise<void>[] = [];

  desk.tell(isOffer ? 'Taking the seat that was offered' : 'Claiming the seats');
  const begun = await beginBooking({ ...input, claimBefore, runId: workflowInfo().runId });
  if (begun.outcome === 'foreign') {
    // An older run owns this booking: answer from its document and touch nothing.
    desk.reach(begun.booking);
    desk.close(begun.booking.status === 'CONFIRMED' ? 'confirmed' : 'failed');
    return begun.booking;
  }
  const ending: Ending =
    begun.outcome === 'refused'
      ? { status: 'FAILED', ...begun.refusal }
      : await sell(input, desk, { claimBefore, holdMs: begun.holdMs, compensations, notifications });

  if (ending.status === 'CONFIRMED') {
    desk.reach(ending);
    desk.close('confirmed');
    desk.tell('Confirmed; telling the Client App');
    notifications.push(tellClientApp(bookingId, 'booking.confirmed'));
    if (isOffer) await tellWaitlist(bookingId);
  } else {
    await endBooking({ bookingId, ...ending });
    desk.reach({ status: ending.status, reason: ending.reason });
    desk.close(ending.refund ? 'refunding' : ending.status === 'CANCELLED' ? 'cancelled' : 'failed');
    desk.tell(`${ending.status}: ${ending.reason}; giving everything back`);
    notifications.push(tellClientApp(bookingId, ending.status === 'FAILED' ? 'booking.failed' : 'booking.cancelled'));
    await Promise.all([giveBack(compensations), ending.refund ? returnMoney(bookingId, desk) : undefined]);
  }
  await Promise.all(notifications);
  desk.tell(ending.status === 'CONFIRMED' ? 'Confirmed' : `${ending.status}: ${ending.reason}`);
  return ending.status === 'CONFIRMED' ? { status: 'CONFIRMED' } : { status: ending.status, reason: ending.reason };
}

interface Sale {
  claimBefore: number;
  holdMs: number;
  compensations: Compensations;
  notifications: Promise<void>[];
}

/** From claimed seats to a ticket, or to the reason why there is none. */
async function sell(input: BookingInput, desk: BookingDesk, sale: Sale): Promise<Ending> {
  const { bookingId } = input;
  const reserved = await desk.reserving.run(() => holdAndInvoice(bookingId, desk, sale));
  if ('status' in reserved) return cancelledOr(desk, reserved);
  if (reserved.invoice === 'unknown') return voidFirst(input, desk, 'payment_unavailable');

  desk.reach({ status: 'AWAITING_PAYMENT' });
  desk.tell(`Waiting for the payment until ${new Date(reserved.expiresAt).toISOString()}`);
  if (input.waitlistEntryId !== undefined || Date.now() > input.startBefore - 2 * answerMarginMs) {
    // Nobody called, or the call has been answered "not yet", or is about to be: this is how the buyer learns of the
    // payment URL.
    sale.notifications.push(tellClientApp(bookingId, 'booking.awaiting_payment'));
  }
  const remainingMs = Math.max(1, reserved.expiresAt - Date.now());
  await condition(() => desk.payment !== undefined || desk.cancelReason !== undefined, remainingMs, {
    summary: 'The hold ends',
  });
  if (desk.cancelReason === undefined && desk.payment === 'PAID') return confirm(bookingId, desk);
  if (desk.cancelReason === undefined && desk.payment === 'FAILED')
    return { status: 'FAILED', reason: 'payment_declined' };
  return voidFirst(input, desk, 'payment_expired');
}

/** A cancellation cuts the reserving short; then it, and not what it left undone, is the reason. */
const cancelledOr = (desk: BookingDesk, ending: NotSold): NotSold =>
  desk.cancelReason ? { status: 'CANCELLED', reason: desk.cancelReason } : ending;

type Reserved = NotSold | { invoice: 'created' | 'unknown'; expiresAt: number };

async function holdAndInvoice(bookingId: string, desk: BookingDesk, sale: Sale): Promise<Reserved> {
  desk.tell('Holding the seats at the organizer');
  sale.compensations.push(() => releaseAtOrganizer(bookingId));
  const hold = await known(() => stepsUntil(sale.claimBefore).holdAtOrganizer(bookingId));
  if (hold === undefined || hold.outcome === 'released') return { status: 'FAILED', reason: 'organizer_unavailable' };
  if (hold.outcome === 'refused') {
    return { status: 'FAILED', reason: 'organizer_refused', refusedSeatIds: hold.seatIds };
  }
  desk.tell('Creating the invoice');
  const expiresAt = Date.now() + sale.holdMs;
  const invoice = await known(() => stepsUntil(sale.claimBefore).createInvoice({ bookingId, expiresAt }));
  return { invoice: invoice?.outcome === 'created' ? 'created' : 'unknown', expiresAt };
}

/**
 * The hold is over, or somebody cancelled. Nothing is given away before the payment app has said that no money can come:
 * a payment that won the race makes this a sale after all, unless whoever cancels wants that undone, too.
 */
async function voidFirst(input: BookingInput, desk: BookingDesk, reason: BookingReason): Promise<Ending> {
  const { bookingId, waitlistEntryId } = input;
  desk.tell('Voiding the invoice');
  for (let waitMs = settlePollMs.first; ; waitMs = Math.min(2 * waitMs, settlePollMs.longest)) {
    const askedAt = Date.now();
    const { status } = await voidInvoice(bookingId);
    const wasAway = Date.now() - askedAt > voidPatienceMs;
    switch (status) {
      case 'VOIDED':
        // Whoever was offered the seat, and could not pay because nobody could, keeps the place in the queue.
        return cancelledOr(desk, {
          status: 'FAILED',
          reason: wasAway && waitlistEntryId !== undefined ? 'payment_unavailable' : reason,
        });
      case 'FAILED':
        return cancelledOr(desk, { status: 'FAILED', reason: 'payment_declined' });
      case 'PAID':
        return desk.cancelReason && !desk.unlessPaid
          ? { status: 'CANCELLED', reason: desk.cancelReason, refund: true }
          : confirm(bookingId, desk);
      case 'REFUNDING':
      case 'REFUNDED':
        return { ...cancelledOr(desk, { status: 'FAILED', reason }), refund: true };
      case 'PROCESSING': {
        const heard = desk.settlements;
        await condition(() => desk.settlements > heard, waitMs, { summary: 'A payment is being processed' });
        break;
      }
      default:
        status satisfies never;
    }
  }
}

async function confirm(bookingId: string, desk: BookingDesk): Promise<Ending> {
  // From here on it is too late to cancel the booking; its ticket can be given back by a cancellation of its own.
  desk.payment = 'PAID';
  desk.tell('Paid; making the ticket');
  const seats = await confirmSeats(bookingId);
  if (seats === 'lost') return { status: 'FAILED', reason: 'seat_lost_after_payment', refund: true };
  const ticket = await issueTicket(bookingId);
  if (ticket === 'revoked') return { status: 'FAILED', reason: 'seat_lost_after_payment', refund: true };
  return { status: 'CONFIRMED' };
}

async function giveBack(compensations: Compensations): Promise<void> {
  for (const compensate of compensations.toReversed()) await compensate();
}
