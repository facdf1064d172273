import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '../../test/e2e/temporal-stage.ts';
import { bookingWorkflowId } from '../../workflows/booking/booking.messages.ts';
import type { Attempt } from '../buyers.ts';
import { latenciesOf } from '../statistics.ts';

/** A stretch of the booking call, and its median in milliseconds. */
export interface Span {
  what: string;
  ms: number;
}

type Events = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>;

/** The call's stretches in their order: each goes from the end of the one before it to an instant that the history tells. */
const spans: ReadonlyArray<{ what: string; until: (events: Events) => number }> = [
  {
    what: 'client-app, ticket-app, and Temporal begins the workflow',
    until: (events) => timeOf(events, 'workflowExecutionStarted'),
  },
  {
    what: 'workflow task: the booking written down, limits, the seat claimed',
    until: (events) => timeOf(events, 'workflowTaskCompleted', 0),
  },
  { what: 'activity: the hold at the organizer', until: (events) => timeOf(events, 'activityTaskCompleted', 0) },
  { what: 'workflow task in between', until: (events) => timeOf(events, 'workflowTaskCompleted', 1) },
  { what: 'activity: the invoice at payment-app', until: (events) => timeOf(events, 'activityTaskCompleted', 1) },
  { what: 'workflow task: the answer', until: (events) => timeOf(events, 'workflowTaskCompleted', 2) },
];
const back = 'back to the buyer, through ticket-app and client-app';

/** Where the time of these calls went, by the clocks of this one machine: the medians of each stretch. */
export async function spansOf(attempts: readonly Attempt[]): Promise<Span[]> {
  const took = new Map<string, number[]>();
  for (const { bookingId = '', startedAt, ms } of attempts) {
    const { events } = await temporal().workflow.getHandle(bookingWorkflowId(bookingId)).fetchHistory();
    let before = startedAt;
    const add = (what: string, until: number) => {
      took.set(what, [...(took.get(what) ?? []), until - before]);
      before = until;
    };
    for (const { what, until } of spans) add(what, until(events ?? []));
    add(back, startedAt + ms);
  }
  return [...took].map(([what, all]) => ({ what, ms: latenciesOf(all).p50 }));
}

type Kind = 'workflowExecutionStarted' | 'workflowTaskCompleted' | 'activityTaskCompleted';

/** When the event of that kind happened, the `n`th of them; milliseconds since 1970. @throws when there is none. */
function timeOf(events: Events, kind: Kind, n = 0): number {
  const time = events.filter((event) => event[`${kind}EventAttributes`])[n]?.eventTime;
  if (!time) throw new Error(`The history of a booking has no ${kind} number ${n + 1}.`);
  return Number(time.seconds) * 1_000 + Number(time.nanos) / 1e6;
}
