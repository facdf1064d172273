import type { Client } from '@temporalio/client';
import { newId } from '../../../lib/ids.ts';
import { createTicketRecords } from '../../../services/ticket-app/models/ticket-records.ts';
import {
  bookingWorkflowId,
  bookingWorkflowOptions,
  bookingWorkflowType,
  ticketingTaskQueue,
} from '../../../workflows/booking/booking.messages.ts';
import {
  orphanDecided,
  orphanedBookingOptions,
  orphanedBookingWorkflowId,
  orphanedBookingWorkflowType,
} from '../../../workflows/booking/orphaned-booking.messages.ts';
import { orphanedSaleWorkflowId } from '../../../workflows/booking/orphaned-sale.messages.ts';
import { sweepWorkflowType } from '../../../workflows/sweep/sweep.messages.ts';
import { databaseOf } from '../../e2e/databases.ts';
import { anEvent, booked, call, pay, person } from '../../e2e/stage.ts';
import { system } from '../../engines.ts';
import { waitUntil } from '../../wait-until.ts';
import type { Scenarios } from './scenario.ts';

const seatIds = ['A-1-1'];

/** A booking that waits for its payment, and whose workflow somebody has terminated. */
async function terminated(client: Client) {
  const booking = await booked(await person(), await anEvent(), seatIds);
  await client.workflow.getHandle(bookingWorkflowId(booking.bookingId)).terminate('by hand');
  return booking;
}

/** Each plays what is done where a workflow is gone, or where nobody asked for one. */
export const leftAlone: Scenarios = {
  async 'orphaned-booking-given-back'(client) {
    const { bookingId } = await terminated(client);
    const path = `/operations/bookings/${bookingId}/release-hold`;
    const token = system().env.TICKET_APP_SERVICE_SECRETS;
    const { body } = await call(`${system().urls.ticketApp}${path}`, { token, body: { dryRun: false } });
    if (body.plan !== 'give_back') throw new Error(`The hold was not released: ${JSON.stringify(body)}`);
    return orphanedBookingWorkflowId(bookingId);
  },

  async 'orphaned-booking-paid-meanwhile'(client) {
    const { bookingId, paymentUrl } = await terminated(client);
    await pay(paymentUrl, 'test_slow_success', { delayMs: 3_000 });
    const options = orphanedBookingOptions({ bookingId, isOffer: false });
    const handle = await client.workflow.start(orphanedBookingWorkflowType, options);
    await handle.executeUpdate(orphanDecided);
    return options.workflowId;
  },

  async 'orphaned-sale-finished'(client) {
    const { bookingId, paymentUrl } = await terminated(client);
    await createTicketRecords(await databaseOf('ticket-app')).issue(bookingId);
    // Its webhook finds nobody, and a ticket.
    await pay(paymentUrl, 'test_success');
    const workflowId = orphanedSaleWorkflowId(bookingId);
    const handle = client.workflow.getHandle(workflowId);
    await waitUntil('the sale to be taken up', () => handle.describe().catch(() => undefined));
    return workflowId;
  },

  async 'booking-of-an-id-that-was-used'(client) {
    const eventId = await anEvent();
    const { bookingId } = await booked(await person(), eventId, seatIds);
    const workflowId = bookingWorkflowId(bookingId);
    await client.workflow.getHandle(workflowId).terminate('Temporal has lost it');
    const input = { bookingId, customerId: newId(), eventId, seatIds, startBefore: Date.now() + 10_000 };
    const options = { ...bookingWorkflowOptions(input), workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const };
    await client.workflow.start(bookingWorkflowType, { ...options, args: [input] });
    return workflowId;
  },

  async sweep(client) {
    const workflowId = `sweep/${newId()}`;
    await client.workflow.start(sweepWorkflowType, { workflowId, taskQueue: ticketingTaskQueue });
    return workflowId;
  },
};
