import { bookingWorkflowId } from '../../../workflows/booking/booking.messages.ts';
import { orphanedBookingWorkflowId } from '../../../workflows/booking/orphaned-booking.messages.ts';
import { cancellationWorkflowId } from '../../../workflows/cancellation/cancellation.messages.ts';
import { seatWaitlistWorkflowId } from '../../../workflows/seat-waitlist/seat-waitlist.messages.ts';
import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import type { EventRecords } from '../records.ts';

const terminated = 'Its workflow was terminated, or Temporal has lost it';

/** I3: whatever ends only because a workflow sees to it has one that runs. */
export const somebodyWorks: Invariant = (records, circumstances) =>
  records.workflows === undefined
    ? []
    : [
        ...bookingsAlone(records, records.workflows, circumstances),
        ...queuesAlone(records, records.workflows, circumstances),
      ];

function bookingsAlone(
  { bookings }: EventRecords,
  workflows: ReadonlySet<string>,
  circumstances: Circumstances,
): Violation[] {
  return bookings.flatMap((booking) => {
    const { _id: bookingId, status, refund, changedAt } = booking;
    if (!quiet(circumstances, changedAt)) return [];
    const isUnsold = status === 'HOLDING' || status === 'AWAITING_PAYMENT';
    const owes = refund?.status === 'pending';
    if (!isUnsold && !owes && status !== 'CANCELLING') return [];
    const ids = [bookingWorkflowId, orphanedBookingWorkflowId, cancellationWorkflowId].map((idOf) => idOf(bookingId));
    const what = `The booking is ${status}${owes ? ' and its refund pending' : ''}, and no workflow works on it.`;
    const todo = isUnsold
      ? `kursi hold release ${bookingId}`
      : 'the sweep of ticket-app starts it again: see that it runs';
    return unless(
      'I3',
      ids.some((id) => workflows.has(id)),
      what,
      [bookingId],
      `${terminated}: ${todo}.`,
    );
  });
}

function queuesAlone(
  { eventId, seats, entries }: EventRecords,
  workflows: ReadonlySet<string>,
  circumstances: Circumstances,
): Violation[] {
  return seats.flatMap(({ seatId, changedAt }) => {
    const active = entries.filter((entry) => entry.active && entry.seatId === seatId);
    if (active.length === 0 || !quiet(circumstances, changedAt, ...active.map((entry) => entry.changedAt))) return [];
    const runs = workflows.has(seatWaitlistWorkflowId({ eventId, seatId }));
    const what = `People wait for seat ${seatId}, and the workflow of its queue does not run.`;
    const cause = `${terminated}: the sweep of ticket-app wakes it when the seat comes back; see that it runs.`;
    return unless('I3', runs, what, [seatId, ...active.map(({ _id }) => _id)], cause);
  });
}
