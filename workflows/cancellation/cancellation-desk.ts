import { condition, setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { BookingStatus } from '../../lib/contracts/booking.ts';
import { refundSettled, searchAttributes } from '../booking/booking.messages.ts';
import { type CancellationOutcome, decided } from './cancellation.messages.ts';

/** Where a cancellation's messages arrive. It keeps what was heard, and does no work itself: the story stands in the workflow. */
export class CancellationDesk {
  /** Counts what was heard of the refund, good or bad: a wake-up for whoever waits for it. */
  refundNews = 0;
  private outcome: CancellationOutcome | undefined;

  constructor() {
    setHandler(refundSettled, () => {
      this.refundNews += 1;
    });
    setHandler(decided, async () => {
      await condition(() => this.outcome !== undefined);
      return this.outcome as CancellationOutcome;
    });
  }

  /** The status line of the Web UI. */
  tell(details: string): void {
    setCurrentDetails(details);
  }

  /** Answers `decided`, and shows the booking's state where operators look for it. */
  decide(outcome: CancellationOutcome, status: BookingStatus): void {
    this.outcome = outcome;
    upsertSearchAttributes([{ key: searchAttributes.status, value: status }]);
  }
}
