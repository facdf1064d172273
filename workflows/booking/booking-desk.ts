import {
  CancellationScope,
  condition,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { BookingStatus, CancelReason } from '../../lib/contracts/booking.ts';
import {
  type BookingOutcome,
  type CancelAnswer,
  cancel,
  cancelUnlessPaid,
  paymentSettled,
  refundSettled,
  reserve,
  searchAttributes,
} from './booking.messages.ts';

/** Where a booking's messages arrive. It keeps what was heard, and does no work itself: the story stands in the workflow. */
export class BookingDesk {
  /** PAID beats any decline, in whatever order they are heard. */
  payment: 'PAID' | 'FAILED' | undefined;
  cancelReason: CancelReason | undefined;
  /** Everybody who asked to cancel wants it only while it is unpaid. */
  unlessPaid = true;
  /** Counts heard outcomes of payment tries: a wake-up for whoever waits for one. */
  settlements = 0;
  /** Counts what was heard of the refund, good or bad: likewise. */
  refundNews = 0;
  /** Holding and invoicing, which a cancellation cuts short. */
  readonly reserving = new CancellationScope();
  private reserved: BookingOutcome | undefined;
  private ended: CancelAnswer | undefined;

  constructor() {
    setHandler(paymentSettled, ({ invoiceStatus }) => {
      if (invoiceStatus === 'PAID') this.payment = 'PAID';
      else if (invoiceStatus === 'FAILED') this.payment ??= 'FAILED';
      this.settlements += 1;
    });
    setHandler(refundSettled, () => {
      this.refundNews += 1;
    });
    setHandler(reserve, async () => {
      await condition(() => this.reserved !== undefined);
      return this.reserved as BookingOutcome;
    });
    const cancelled = async (reason: CancelReason, unlessPaid: boolean) => {
      this.askToCancel(reason, unlessPaid);
      await condition(() => this.ended !== undefined);
      return this.ended as CancelAnswer;
    };
    setHandler(cancel, (reason) => cancelled(reason, false));
    setHandler(cancelUnlessPaid, (reason) => cancelled(reason, true));
  }

  /** A booking that is known to be paid is not stopped any more. */
  askToCancel(reason: CancelReason, unlessPaid = false): void {
    if (this.ended !== undefined || this.payment === 'PAID') return;
    // Who gives up a paid booking, too, has the say over the reason.
    if (this.cancelReason === undefined || (this.unlessPaid && !unlessPaid)) this.cancelReason = reason;
    this.unlessPaid &&= unlessPaid;
    this.reserving.cancel();
  }

  /** The status line of the Web UI. */
  tell(details: string): void {
    setCurrentDetails(details);
  }

  /** Answers `reserve`, and shows the state where operators look for it. */
  reach(outcome: BookingOutcome): void {
    this.reserved ??= outcome;
    upsertSearchAttributes([{ key: searchAttributes.status, value: outcome.status satisfies BookingStatus }]);
  }

  /** Answers `cancel`: nothing that is asked from now on changes how the booking ends. */
  close(answer: CancelAnswer): void {
    this.ended = answer;
  }
}
