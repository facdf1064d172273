import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import pLimit from 'p-limit';
import { describeWorkflow } from '../../temporal/describe.ts';
import { workflowIdsOf } from '../../workflows/booking/workflow-ids.ts';
import { eventCancellationWorkflowId } from '../../workflows/event-cancellation/event-cancellation.messages.ts';
import { seatWaitlistWorkflowId } from '../../workflows/seat-waitlist/seat-waitlist.messages.ts';
import type { Subject, Violation } from './invariant.ts';
import type { KindName } from './kinds/kinds.ts';

/** Kinds whose cause Temporal knows: why nobody works on it, or what whoever does waits for. */
const asked: ReadonlySet<KindName> = new Set<KindName>([
  'overdue',
  'overdue_alone',
  'alone_in_time',
  'sale_unfinished',
  'refund_alone',
  'queue_alone',
  'closing_alone',
  'cancelling_stands',
  'end_unheard_alone',
  'give_back_under_way',
  'workflow_outlives',
  'workflow_lags',
]);

/** So many disagreements are asked about at once, with up to four calls each: Temporal may have enough to do. */
const atOnce = 8;

function workflowsOf({ bookingId, eventId, seatId }: Subject): string[] {
  if (bookingId !== undefined) return workflowIdsOf(bookingId);
  if (eventId === undefined) return [];
  return [seatId === undefined ? eventCancellationWorkflowId(eventId) : seatWaitlistWorkflowId({ eventId, seatId })];
}

/** What a workflow is doing, or how it ended. */
function standing({ workflowId, status, closeTime, raw }: WorkflowExecutionDescription): string {
  if (status.name !== 'RUNNING')
    return `The workflow ${workflowId} is ${status.name} since ${closeTime?.toISOString() ?? 'a while'}.`;
  const steps = (raw.pendingActivities ?? []).map(({ activityType, attempt, lastFailure }) => {
    const failure = lastFailure?.message ? `: ${lastFailure.message}` : '';
    return `${activityType?.name} at attempt ${attempt ?? 1}${failure}`;
  });
  if (steps.length > 0) return `The workflow ${workflowId} waits for ${steps.join('; ')}.`;
  const lags = raw.pendingWorkflowTask ? 'waits for a worker to take its next task' : 'waits for a message or a timer';
  return `The workflow ${workflowId} ${lags}.`;
}

/**
 * Says of what has to do with workflows what Temporal knows of them, instead of what is merely likely. What Temporal does
 * not tell in time keeps its likely cause: the audit is not lost for an explanation.
 */
export function explain(temporal: Client, violations: readonly Violation[]): Promise<Violation[]> {
  const line = pLimit(atOnce);
  let isAway = false;
  const explained = async (violation: Violation): Promise<Violation> => {
    if (isAway || !asked.has(violation.kind)) return violation;
    try {
      return { ...violation, cause: await causeOf(temporal, violation.subject) };
    } catch {
      // Each of hundreds would wait as long as this one did.
      isAway = true;
      return violation;
    }
  };
  return Promise.all(violations.map((violation) => line(explained, violation)));
}

async function causeOf(temporal: Client, subject: Subject): Promise<string> {
  const found = await Promise.all(workflowsOf(subject).map((id) => describeWorkflow(temporal, id)));
  const known = found.filter((one) => one !== undefined);
  const newest = known.toSorted((a, b) => b.startTime.getTime() - a.startTime.getTime())[0];
  return newest ? standing(newest) : 'Temporal knows no workflow of it: never started, or lost with its history.';
}
