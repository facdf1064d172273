import { bookingWorkflowId } from '../../../workflows/booking/booking.messages.ts';
import { workflowIdsOf } from '../../../workflows/booking/workflow-ids.ts';
import { seatWaitlistWorkflowId } from '../../../workflows/seat-waitlist/seat-waitlist.messages.ts';
import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import { byId, type EventRecords } from '../records.ts';
import type { RunningWorkflow, RunningWorkflows } from '../running-workflows.ts';
import { hasEnded, isUnsold } from './i3-bookings-end.ts';

const bookingPrefix = bookingWorkflowId('');

/** I3, from the other side: what runs has something to do, and stands where its documents do. */
export const workflowsEnd: Invariant = (records, circumstances) => {
  const { workflows } = records;
  return workflows === undefined
    ? []
    : [
        ...bookingsThatAreOver(records, workflows, circumstances),
        ...bookingsThatLag(records, workflows, circumstances),
        ...bookingsThatNeverBegan(records, workflows, circumstances),
        ...queuesOfNobody(records, workflows, circumstances),
      ];
};

/** Seats and money are given back, and client-app was told; then no workflow has anything to do. */
function bookingsThatAreOver(records: EventRecords, workflows: RunningWorkflows, circumstances: Circumstances) {
  const { bookings, deliveries, holds } = records;
  const isTold = new Set(deliveries.filter(({ deliveredAt }) => deliveredAt === null).map((one) => one.bookingId));
  const toldAt = new Map(deliveries.map(({ bookingId, deliveredAt }) => [bookingId, deliveredAt ?? undefined]));
  const holdOf = byId(holds);
  return bookings.flatMap((booking): Violation[] => {
    const { _id: bookingId, status, refund, changedAt } = booking;
    const isOver = status === 'CONFIRMED' || hasEnded(booking);
    const isHeld = hasEnded(booking) && ['held', 'claiming'].includes(holdOf.get(bookingId)?.state ?? '');
    const hasWork = isTold.has(bookingId) || refund?.status === 'pending' || isHeld;
    const changes = [changedAt, toldAt.get(bookingId), holdOf.get(bookingId)?.changedAt];
    if (!isOver || hasWork || !quiet(circumstances, ...changes)) return [];
    const running = workflowIdsOf(bookingId).find((id) => workflows.has(id));
    const what = `The booking is ${status} and told, and the workflow ${running} still runs.`;
    return unless('workflow_outlives', running === undefined, what, { bookingId });
  });
}

/** The status that a workflow shows is that of its booking, and it is this booking's own run. */
function bookingsThatLag({ bookings }: EventRecords, workflows: RunningWorkflows, circumstances: Circumstances) {
  return bookings.flatMap((booking): Violation[] => {
    const { _id: bookingId, status, runId, changedAt } = booking;
    const running = workflows.get(bookingWorkflowId(bookingId));
    if (!running || !quiet(circumstances, changedAt, running.startedAt)) return [];
    const lags = isUnsold(booking) && running.status !== undefined && running.status !== status;
    return [
      ...unless('workflow_lags', !lags, `The booking is ${status}, and its workflow stands at ${running.status}.`, {
        bookingId,
      }),
      ...unless('another_run', running.runId === runId, 'Another run of its workflow works on the booking.', {
        bookingId,
      }),
    ];
  });
}

const startedBefore = ({ startedAt }: RunningWorkflow, circumstances: Circumstances) => quiet(circumstances, startedAt);

function bookingsThatNeverBegan(records: EventRecords, workflows: RunningWorkflows, circumstances: Circumstances) {
  const known = byId(records.bookings);
  return [...workflows].flatMap(([workflowId, running]): Violation[] => {
    if (running.eventId !== records.eventId || !workflowId.startsWith(bookingPrefix)) return [];
    const bookingId = workflowId.slice(bookingPrefix.length);
    const isLost = !known.has(bookingId) && startedBefore(running, circumstances);
    return unless('workflow_without_booking', !isLost, 'A workflow runs whose booking does not exist.', { bookingId });
  });
}

function queuesOfNobody(
  { eventId, seats, entries }: EventRecords,
  workflows: RunningWorkflows,
  circumstances: Circumstances,
) {
  const waitedFor = new Set(entries.filter(({ active }) => active).map(({ seatId }) => seatId));
  return seats.flatMap(({ seatId, changedAt }): Violation[] => {
    const running = workflows.get(seatWaitlistWorkflowId({ eventId, seatId }));
    if (!running || waitedFor.has(seatId) || !quiet(circumstances, changedAt, running.startedAt)) return [];
    const ends = entries.filter((entry) => entry.seatId === seatId).map(({ changedAt: at }) => at);
    if (!quiet(circumstances, ...ends)) return [];
    return unless('queue_outlives', false, `Nobody waits for seat ${seatId}, and the workflow of its queue runs.`, {
      eventId,
      seatId,
    });
  });
}
