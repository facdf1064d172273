import { continueAsNew, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { CancellationStanding, EventCancellationInput } from './event-cancellation.messages.ts';
import {
  cancelHeldBookings,
  closeSeatsOfEvent,
  pagesPerRun,
  settleEventCancellation,
  settleMs,
  wakeWaitlistsOfEvent,
} from './event-cancellation.steps.ts';

/**
 * Cancels a whole event: close every seat, end the queues, then cancel whatever still holds a seat, found from the seats
 * page by page. Each run is one pass over the seats; passes follow each other until nothing is held but by bookings with
 * a used ticket. Each step may be repeated, and what is done is told by the documents alone: a run that is lost loses
 * nothing, and the next one goes on.
 */
export async function eventCancellation({ eventId, workId, resume }: EventCancellationInput): Promise<void> {
  const event = { eventId, workId };
  const { waitMs, after: begin } = resume ?? { waitMs: settleMs.first };
  const goOn = (next: NonNullable<typeof resume>) =>
    continueAsNew<typeof eventCancellation>({ ...event, resume: next });

  setCurrentDetails('Closing every seat');
  if ((await closeSeatsOfEvent(event)) === 'over') return;
  if (begin === undefined) await endQueues(eventId);
  let after = begin;
  for (let pages = 0; pages < pagesPerRun; pages += 1) {
    const page = await cancelHeldBookings({ ...event, ...(after !== undefined && { after }) });
    tell('Cancelling', page.standing);
    after = page.next;
    if (after === undefined) break;
  }
  if (after !== undefined) return goOn({ after, waitMs });

  const standing = await settleEventCancellation(event);
  tell(standing.over ? 'The event is cancelled' : 'Waiting for what is being given back', standing);
  if (standing.over) return;
  await sleep(waitMs, { summary: 'Let things settle' });
  return goOn({ waitMs: Math.min(2 * waitMs, settleMs.longest) });
}

/** Nobody is promoted to a closed seat; whoever waits for one is told so by its waitlist. */
async function endQueues(eventId: string): Promise<void> {
  let after: string | undefined;
  do {
    after = (await wakeWaitlistsOfEvent({ eventId, ...(after !== undefined && { after }) })).next;
  } while (after !== undefined);
}

/** The status line of the Web UI. */
function tell(what: string, { left, cancelled, used, waiting }: CancellationStanding): void {
  setCurrentDetails(
    `${what}: ${left} bookings left, ${cancelled} cancelled, ${used} with used tickets, ${waiting} seats with a queue`,
  );
}
