import { bookingWorkflowId } from '../../../workflows/booking/booking.messages.ts';
import { seatWaitlistWorkflowId } from '../../../workflows/seat-waitlist/seat-waitlist.messages.ts';
import { minute } from '../settled-clock.ts';
import { inAMinute, type Planted } from './planting.ts';

const runId = 'r';

/** What is only found where Temporal is asked. */
export const workflows: Planted[] = [
  [
    'overdue_alone',
    'a booking whose time is over and whose workflow is gone',
    ({ booking, event }) => booking(event.lapsed, { status: 'AWAITING_PAYMENT' }),
    ({ workflows }) => workflows(),
  ],
  [
    'alone_in_time',
    'an unpaid booking whose workflow is gone',
    ({ booking, event }) => booking(event.lapsed, { status: 'AWAITING_PAYMENT', expiresAt: inAMinute() }),
    ({ workflows }) => workflows(),
  ],
  [
    'sale_unfinished',
    'a booking that was paid and has a ticket, and whose workflow is gone',
    ({ booking, event }) => booking(event.sold, { status: 'AWAITING_PAYMENT' }),
    ({ workflows }) => workflows(),
  ],
  [
    'end_unheard_alone',
    'a booking that waits for a voided invoice, and whose workflow is gone',
    ({ booking, event }) => booking(event.lapsed, { status: 'AWAITING_PAYMENT', expiresAt: inAMinute() }),
    ({ workflows }) => workflows(),
  ],
  [
    'refund_alone',
    'a refund that nobody asks about',
    ({ booking, event }) => booking(event.returned, { 'refund.status': 'pending' }),
    ({ workflows }) => workflows(),
  ],
  ['queue_alone', 'a queue without its workflow', async () => {}, () => ({ workflows: new Map() })],
  [
    'closing_alone',
    "an event's cancellation without its workflow",
    ({ set, event }) =>
      set('ticket-app', 'events', event.eventId, {
        work: { id: 'w', kind: 'close', to: 'cancelled', at: minute(30) },
        cancellation: { startedAt: minute(30) },
      }),
    ({ workflows }) => workflows(),
  ],
  [
    'give_back_under_way',
    'a seat that an ended booking keeps while its workflow runs',
    ({ seat, event }) => seat('A-2', { status: 'ON_GOING', holder: { kind: 'booking', bookingId: event.lapsed } }),
    ({ running, event }) => running(event.lapsed),
  ],
  [
    'workflow_outlives',
    'a workflow that runs although its booking is over',
    async () => {},
    ({ running, event }) => running(event.lapsed),
  ],
  [
    'workflow_lags',
    'a workflow that has not heard what became of its booking',
    ({ booking, event }) => booking(event.lapsed, { status: 'AWAITING_PAYMENT', runId }),
    ({ running, event }) => running(event.lapsed, { runId, status: 'HOLDING' }),
  ],
  [
    'another_run',
    'another run of the workflow of a booking',
    ({ booking, event }) => booking(event.lapsed, { status: 'AWAITING_PAYMENT' }),
    ({ running, event }) => running(event.lapsed, { status: 'AWAITING_PAYMENT' }),
  ],
  [
    'workflow_without_booking',
    'a workflow whose booking does not exist',
    async () => {},
    ({ workflows, event: { eventId } }) =>
      workflows({ [bookingWorkflowId('lost')]: { runId, startedAt: minute(0), eventId } }),
  ],
  [
    'queue_outlives',
    'the workflow of a queue in which nobody waits',
    async () => {},
    ({ workflows, event: { eventId } }) =>
      workflows({ [seatWaitlistWorkflowId({ eventId, seatId: 'A-2' })]: { runId, startedAt: minute(0), eventId } }),
  ],
  ['sweep_missing', 'that the sweep has no schedule', async () => {}, () => ({ hasSweep: false })],
];
