import type { Booking } from '../../../services/ticket-app/models/booking.ts';
import { eventCancellationWorkflowId } from '../../../workflows/event-cancellation/event-cancellation.messages.ts';
import { seatWaitlistWorkflowId } from '../../../workflows/seat-waitlist/seat-waitlist.messages.ts';
import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import { byId, type EventRecords } from '../records.ts';
import { isWorkedOn, type RunningWorkflows } from '../running-workflows.ts';
import { isOverdue, isUnsold } from './i3-bookings-end.ts';

/** I3: whatever ends only because a workflow sees to it has one that runs. */
export const somebodyWorks: Invariant = (records, circumstances) => {
  const { workflows, bookings } = records;
  if (workflows === undefined) return [];
  const [ticketOf, invoiceOf] = [byId(records.tickets), byId(records.invoices)];
  /** Paid, and with a ticket: what is left is to confirm it. */
  const isNearlySold = ({ _id }: Booking) =>
    ticketOf.get(_id)?.status === 'VALID' && invoiceOf.get(_id)?.status === 'PAID';
  return [
    ...bookings.flatMap((booking) => bookingAlone(booking, isNearlySold(booking), workflows, circumstances)),
    ...queuesAlone(records, workflows, circumstances),
    ...closingAlone(records, workflows, circumstances),
  ];
};

function bookingAlone(
  booking: Booking,
  isNearlySold: boolean,
  workflows: RunningWorkflows,
  circumstances: Circumstances,
): Violation[] {
  const { _id: bookingId, status, refund, changedAt } = booking;
  if (!quiet(circumstances, changedAt)) return [];
  const owes = refund?.status === 'pending';
  const works = isWorkedOn(bookingId, workflows);
  const what = `The booking is ${status}${owes ? ' and its refund pending' : ''}, and no workflow works on it.`;
  if (isUnsold(booking)) {
    const unpaid = isOverdue(booking, circumstances) ? 'overdue_alone' : 'alone_in_time';
    return unless(isNearlySold ? 'sale_unfinished' : unpaid, works, what, { bookingId });
  }
  return unless('refund_alone', works || !owes, what, { bookingId });
}

function queuesAlone(records: EventRecords, workflows: RunningWorkflows, circumstances: Circumstances): Violation[] {
  const { eventId, seats, entries } = records;
  return seats.flatMap(({ seatId, changedAt }) => {
    const active = entries.filter((entry) => entry.active && entry.seatId === seatId);
    if (active.length === 0 || !quiet(circumstances, changedAt, ...active.map((entry) => entry.changedAt))) return [];
    const what = `People wait for seat ${seatId}, and the workflow of its queue does not run.`;
    const subject = { eventId, seatId, others: active.map(({ _id }) => _id) };
    return unless('queue_alone', workflows.has(seatWaitlistWorkflowId({ eventId, seatId })), what, subject);
  });
}

/** An event that is being cancelled. */
function closingAlone({ eventId, event }: EventRecords, workflows: RunningWorkflows, circumstances: Circumstances) {
  const { work, cancellation, status } = event ?? {};
  const isGoingOn = work?.kind === 'close' && status !== 'cancelled' && cancellation?.finishedAt === undefined;
  if (!isGoingOn || !cancellation || !quiet(circumstances, work?.at, cancellation.startedAt)) return [];
  const what = 'The event is being cancelled, and no workflow works on it.';
  return unless('closing_alone', workflows.has(eventCancellationWorkflowId(eventId)), what, { eventId });
}
