import { defineSignal, defineUpdate } from '@temporalio/workflow';
import type { WaitlistRefusal, WaitlistStatus } from '../../lib/contracts/waitlist.ts';
import { searchAttributes, ticketingTaskQueue } from '../booking/booking.messages.ts';

/** What others may say to the waitlist of one seat, and what it answers. Ids only. */

export const seatWaitlistWorkflowType = 'seatWaitlist';

export interface SeatOfEvent {
  eventId: string;
  seatId: string;
}

/** The one name of a seat's waitlist. */
export const seatWaitlistWorkflowId = ({ eventId, seatId }: SeatOfEvent): string => `waitlist/${eventId}/${seatId}`;

/** How a waitlist's workflow is started, whoever starts it: whoever comes first. */
export const seatWaitlistOptions = (seat: SeatOfEvent) => ({
  workflowId: seatWaitlistWorkflowId(seat),
  taskQueue: ticketingTaskQueue,
  workflowTaskTimeout: '5s' as const,
  workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
  priority: { fairnessKey: seat.eventId.slice(0, 64) },
  staticSummary: `The queue for seat ${seat.seatId} of ${seat.eventId}`,
  typedSearchAttributes: [
    { key: searchAttributes.eventId, value: seat.eventId },
    { key: searchAttributes.seats, value: [seat.seatId] },
  ],
});

/** How long an offer to the first in the queue may be under way: a try that wakes up later offers nothing (K-2). */
export const offerPatienceMs = 30_000;

export interface JoinRequest {
  entryId: string;
  customerId: string;
  /** Milliseconds since 1970; nobody is put into the queue after it. */
  joinBefore: number;
}

/** `busy`: this run is about to hand over to the next one; ask again with the same ids. */
export type JoinAnswer =
  | { outcome: 'in_queue' }
  | { outcome: 'refused'; reason: WaitlistRefusal; entryId?: string }
  | { outcome: 'busy' };
export const join = defineUpdate<JoinAnswer, [JoinRequest]>('join');

/** `ended`: it had ended by itself. `offered`: whoever declines cancels that booking. */
export type LeaveAnswer =
  | { outcome: 'left' }
  | { outcome: 'ended'; status: WaitlistStatus }
  | { outcome: 'offered'; bookingId: string }
  | { outcome: 'unknown_entry' }
  | { outcome: 'busy' };
export const leave = defineUpdate<LeaveAnswer, [string]>('leave');

/** Something may have changed (the seat came back, an offered booking ended, the seat was closed): look. */
export const wake = defineSignal<[]>('wake');
