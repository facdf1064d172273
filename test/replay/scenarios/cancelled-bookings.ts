import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import type { CancelReason } from '../../../lib/contracts/booking.ts';
import { newId } from '../../../lib/ids.ts';
import {
  type BookingInput,
  bookingWorkflowId,
  bookingWorkflowOptions,
  bookingWorkflowType,
  cancel,
  cancelUnlessPaid,
} from '../../../workflows/booking/booking.messages.ts';
import { faultAtX } from '../../e2e/organizer-stage.ts';
import { anEvent, booked, pay, person } from '../../e2e/stage.ts';
import { system } from '../../engines.ts';
import { waitUntil } from '../../wait-until.ts';
import { untilTold } from '../payment-webhooks.ts';
import type { Scenarios } from './scenario.ts';

const seatIds = ['A-1-1'];
const byBuyer: [CancelReason] = ['cancelled_by_customer'];
const byOperator: [CancelReason] = ['cancelled_by_organizer'];

/** The input of a booking that nobody has started yet. */
const aBooking = (eventId: string): BookingInput => ({
  bookingId: newId(),
  customerId: newId(),
  eventId,
  seatIds,
  startBefore: Date.now() + 10_000,
});

/** Until the workflow waits for that step's answer. */
const untilAt = (client: Client, workflowId: string, step: string) =>
  waitUntil(`the step ${step}`, async () => {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    return raw.pendingActivities?.some(({ activityType }) => activityType?.name === step) === true;
  });

/** Each cancels a booking at another of its steps; while it holds, and while it is unpaid: bookings.ts. */
export const cancelledBookings: Scenarios = {
  async 'cancelled-while-claiming'(client) {
    const input = aBooking(await anEvent());
    const options = { ...bookingWorkflowOptions(input), workflowIdConflictPolicy: 'USE_EXISTING' as const };
    const startWorkflowOperation = new WithStartWorkflowOperation(bookingWorkflowType, { ...options, args: [input] });
    await client.workflow.executeUpdateWithStart(cancel, { args: byBuyer, startWorkflowOperation });
    return options.workflowId;
  },

  async 'cancelled-while-invoicing'(client) {
    const input = aBooking(await anEvent());
    await system().kill('payment-app');
    await client.workflow.start(bookingWorkflowType, { ...bookingWorkflowOptions(input), args: [input] });
    const workflowId = bookingWorkflowId(input.bookingId);
    await untilAt(client, workflowId, 'createInvoice');
    const answer = client.workflow.getHandle(workflowId).executeUpdate(cancel, { args: byBuyer });
    await untilAt(client, workflowId, 'voidInvoice');
    await system().restart('payment-app');
    await answer;
    return workflowId;
  },

  async 'cancelled-while-confirming'(client) {
    const booking = await booked(await person(), await anEvent(), seatIds);
    const workflowId = bookingWorkflowId(booking.bookingId);
    await system().kill('ticketing-worker');
    await pay(booking.paymentUrl, 'test_success');
    await untilTold(booking.bookingId, 1);
    // Heard after the payment and before anything was done about it.
    const answer = client.workflow.getHandle(workflowId).executeUpdate(cancel, { args: byBuyer });
    await system().restart('ticketing-worker');
    await answer;
    return workflowId;
  },

  async 'cancelled-and-worker-killed'(client) {
    const eventId = await anEvent();
    const booking = await booked(await person(), eventId, seatIds);
    const workflowId = bookingWorkflowId(booking.bookingId);
    await faultAtX({ eventId, fault: '503', call: 'release', times: 4 });
    await client.workflow.getHandle(workflowId).executeUpdate(cancel, { args: byBuyer });
    await system().kill('ticketing-worker');
    await system().restart('ticketing-worker');
    return workflowId;
  },

  async 'cancelled-unless-paid'(client) {
    const booking = await booked(await person(), await anEvent(), seatIds);
    const workflowId = bookingWorkflowId(booking.bookingId);
    await client.workflow.getHandle(workflowId).executeUpdate(cancelUnlessPaid, { args: byOperator });
    return workflowId;
  },

  async 'cancelled-unless-paid-and-paid'(client) {
    const booking = await booked(await person(), await anEvent(), seatIds);
    const workflowId = bookingWorkflowId(booking.bookingId);
    await pay(booking.paymentUrl, 'test_slow_success', { delayMs: 1_500 });
    await client.workflow.getHandle(workflowId).executeUpdate(cancelUnlessPaid, { args: byOperator });
    return workflowId;
  },

  async 'cancelled-unless-paid-then-by-the-buyer'(client) {
    const booking = await booked(await person(), await anEvent(), seatIds);
    const handle = client.workflow.getHandle(bookingWorkflowId(booking.bookingId));
    await pay(booking.paymentUrl, 'test_slow_success', { delayMs: 3_000 });
    const operator = await handle.startUpdate(cancelUnlessPaid, { args: byOperator, waitForStage: 'ACCEPTED' });
    await handle.executeUpdate(cancel, { args: byBuyer });
    await operator.result();
    return handle.workflowId;
  },
};
