import { allHandlersFinished, condition, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import { type JoinAnswer, join, type LeaveAnswer, leave, type SeatOfEvent, wake } from './seat-waitlist.messages.ts';
import { joinQueue, leaveQueue } from './seat-waitlist.steps.ts';

/** The clocks of server and worker differ: what one calls now is not yet for the other. */
const shortestWaitMs = 250;

/**
 * Where a waitlist's messages arrive. Whatever touches the seat or its queue is done one thing at a time; what has to be
 * looked at afterwards is the workflow's story.
 */
export class WaitlistDesk {
  /** Somebody has to look at the seat and its queue. */
  isWoken = false;
  private last: Promise<unknown> = Promise.resolve();
  private readonly seat: SeatOfEvent;

  /** `settleOffers`: finds out what became of the seat's offer, if there is one. */
  constructor(seat: SeatOfEvent, settleOffers: () => Promise<void>) {
    this.seat = seat;
    setHandler(wake, () => this.wake());
    setHandler(join, async (request): Promise<JoinAnswer> => {
      if (this.isFull) return { outcome: 'busy' };
      const { answer, lookNow } = await this.oneAtATime(() => joinQueue(this.seat, request));
      if (lookNow) this.wake();
      return answer;
    });
    setHandler(leave, async (entryId): Promise<LeaveAnswer> => {
      if (this.isFull) return { outcome: 'busy' };
      return this.oneAtATime(() => this.leave(entryId, settleOffers));
    });
  }

  /** This run has grown so long that the next one should go on. */
  get isFull(): boolean {
    return workflowInfo().continueAsNewSuggested;
  }

  wake(): void {
    this.isWoken = true;
  }

  /** The mutex over all operations on the seat: runs `operation` when every earlier one has ended. */
  oneAtATime<T>(operation: () => Promise<T>): Promise<T> {
    const mine = this.last.then(operation);
    this.last = mine.catch(() => {});
    return mine;
  }

  /** Resolves when there is something to look at, at that instant at the latest, or when this run is full. */
  async untilWoken(at: number | undefined): Promise<void> {
    const ready = () => this.isWoken || this.isFull;
    if (at === undefined) await condition(ready);
    else await condition(ready, Math.max(shortestWaitMs, at - Date.now()), { summary: 'Look again' });
  }

  /** Resolves when nobody waits for an answer any more, or, unless this run is full, when somebody has to look. */
  async untilQuiet(): Promise<void> {
    await condition(() => allHandlersFinished() || (this.isWoken && !this.isFull));
  }

  /** The status line of the Web UI. */
  tell(details: string): void {
    setCurrentDetails(details);
  }

  private async leave(entryId: string, settleOffers: () => Promise<void>): Promise<LeaveAnswer> {
    const first = await leaveQueue(this.seat, entryId);
    if (first.answer.outcome !== 'offered') {
      if (first.lookNow) this.wake();
      return first.answer;
    }
    // The offer may be over by now, and nobody has looked yet.
    await settleOffers();
    this.wake();
    return (await leaveQueue(this.seat, entryId)).answer;
  }
}
