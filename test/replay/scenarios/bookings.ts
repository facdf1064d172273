import type { Client } from '@temporalio/client';
import { newId } from '../../../lib/ids.ts';
import {
  type BookingInput,
  bookingWorkflowId,
  bookingWorkflowType,
  cancel,
  ticketingTaskQueue,
} from '../../../workflows/booking/booking.messages.ts';
import { faultAtX, sellElsewhereAtX } from '../../e2e/organizer-stage.ts';
import { anEvent, booked, invoiceOf, pay, person, untilStatus } from '../../e2e/stage.ts';
import { system } from '../../engines.ts';
import { waitUntil } from '../../wait-until.ts';
import type { Scenarios } from './scenario.ts';

const seat = ['A-1-1'];

/** Past the door, so that the workflow itself has to refuse. */
async function startWorkflow(client: Client, wish: Partial<BookingInput> & { eventId: string }): Promise<string> {
  const bookingId = newId();
  const input: BookingInput = {
    bookingId,
    customerId: newId(),
    seatIds: seat,
    startBefore: Date.now() + 10_000,
    ...wish,
  };
  const workflowId = bookingWorkflowId(bookingId);
  await client.workflow.start(bookingWorkflowType, { workflowId, taskQueue: ticketingTaskQueue, args: [input] });
  return workflowId;
}

/** Each plays one life of a booking. */
export const bookings: Scenarios = {
  async confirmed() {
    const buyer = await person();
    const booking = await booked(buyer, await anEvent(), ['A-1-1', 'A-1-2']);
    await pay(booking.paymentUrl, 'test_success');
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED');
    return bookingWorkflowId(booking.bookingId);
  },

  async 'held-at-the-third-try-and-worker-killed'() {
    const buyer = await person();
    const eventId = await anEvent();
    await faultAtX({ eventId, fault: '503', call: 'hold', times: 2 });
    const booking = await booked(buyer, eventId, seat);
    await system().kill('ticketing-worker');
    await pay(booking.paymentUrl, 'test_success');
    await system().restart('ticketing-worker');
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED', 60_000);
    return bookingWorkflowId(booking.bookingId);
  },

  async 'declined-to-the-end'() {
    const buyer = await person();
    const booking = await booked(buyer, await anEvent(), seat);
    for (let tries = 1; tries <= 3; tries += 1) {
      await pay(booking.paymentUrl, 'test_decline');
      await waitUntil('the try to settle', async () => {
        const { attempts } = await invoiceOf(booking.bookingId);
        return attempts.length === tries && attempts.every((attempt) => attempt.outcome === 'declined');
      });
    }
    return bookingWorkflowId(booking.bookingId);
  },

  async expired() {
    const booking = await booked(await person(), await anEvent({ holdSeconds: 2 }), seat);
    return bookingWorkflowId(booking.bookingId);
  },

  async 'paid-at-expiry'() {
    const buyer = await person();
    const booking = await booked(buyer, await anEvent({ holdSeconds: 2 }), seat);
    await pay(booking.paymentUrl, 'test_slow_success', { delayMs: 4_000 });
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED');
    return bookingWorkflowId(booking.bookingId);
  },

  async 'cancelled-while-holding'(client) {
    const eventId = await anEvent();
    await faultAtX({ eventId, fault: '503', call: 'hold', times: 20 });
    const workflowId = await startWorkflow(client, { eventId });
    await client.workflow.getHandle(workflowId).executeUpdate(cancel, { args: ['cancelled_by_customer'] });
    return workflowId;
  },

  async 'cancelled-while-unpaid'(client) {
    const booking = await booked(await person(), await anEvent(), seat);
    const workflowId = bookingWorkflowId(booking.bookingId);
    await client.workflow.getHandle(workflowId).executeUpdate(cancel, { args: ['cancelled_by_customer'] });
    return workflowId;
  },

  async 'cancelled-from-the-web-ui'(client) {
    const booking = await booked(await person(), await anEvent(), seat);
    const workflowId = bookingWorkflowId(booking.bookingId);
    await client.workflow.getHandle(workflowId).cancel();
    return workflowId;
  },

  async 'cancelled-but-paid-and-refunded'(client) {
    const booking = await booked(await person(), await anEvent(), seat);
    const workflowId = bookingWorkflowId(booking.bookingId);
    await pay(booking.paymentUrl, 'test_slow_success', { delayMs: 1_500 });
    await client.workflow.getHandle(workflowId).executeUpdate(cancel, { args: ['cancelled_by_customer'] });
    return workflowId;
  },

  async 'organizer-refused'(client) {
    const eventId = await anEvent();
    await sellElsewhereAtX(eventId, seat);
    return startWorkflow(client, { eventId });
  },

  async 'seat-taken'(client) {
    const eventId = await anEvent();
    await booked(await person(), eventId, seat);
    return startWorkflow(client, { eventId });
  },

  async 'too-late'(client) {
    return startWorkflow(client, { eventId: await anEvent(), startBefore: Date.now() - 1 });
  },
};
