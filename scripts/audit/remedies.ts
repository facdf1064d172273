import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Invoice } from '../../services/payment-app/models/invoice.ts';
import { bookingToCancel } from '../../services/ticket-app/commands/cancel-booking.ts';
import { createFinishSale } from '../../services/ticket-app/commands/finish-sale.ts';
import { createWakeWaitlist } from '../../services/ticket-app/commands/wake-waitlist.ts';
import { createBookingLedger, wasConfirmed } from '../../services/ticket-app/models/booking-ledger.ts';
import { createSeatLedger } from '../../services/ticket-app/models/seat-ledger.ts';
import { createTicketRecords } from '../../services/ticket-app/models/ticket-records.ts';
import { isWorkflowRunning } from '../../temporal/describe.ts';
import { ensureSchedules } from '../../temporal/schedules.ts';
import { bookingWorkflowId } from '../../workflows/booking/booking.messages.ts';
import {
  orphanedBookingOptions,
  orphanedBookingWorkflowType,
} from '../../workflows/booking/orphaned-booking.messages.ts';
import { workflowIdsOf } from '../../workflows/booking/workflow-ids.ts';
import {
  cancellationWorkflowOptions,
  cancellationWorkflowType,
} from '../../workflows/cancellation/cancellation.messages.ts';
import { sendAgain } from '../kursi/deliveries.ts';
import { Failure } from '../kursi/failure.ts';
import type { Services } from '../kursi/services.ts';
import type { Subject } from './invariant.ts';
import type { RemedyName } from './kinds/kind.ts';
import type { Databases } from './records.ts';
import type { RestorePdf } from './restore-pdf.ts';

/** What remedies work with. They do what the services' own commands, routes and workflows do, and write nothing else. */
export interface Tools {
  databases: Databases;
  temporal: Client;
  services: Services;
  restorePdf: RestorePdf;
}

/** `refused`: nothing was touched, and why. */
export type Done = { did: string } | { refused: string };
export type Remedy = (subject: Subject, tools: Tools) => Promise<Done>;

const workflowPatienceMs = 20_000;

/** Whoever works on the booking now, and is not to be interfered with: another one may have begun since the audit. */
async function whoWorksOn(bookingId: string, temporal: Client): Promise<string | undefined> {
  const ids = workflowIdsOf(bookingId);
  const running = await Promise.all(ids.map((id) => isWorkflowRunning(temporal, id)));
  return ids.find((_, index) => running[index]);
}

/** Asks ticket-app for what the command line asks it for: it voids first, and touches nothing that was paid. */
const releaseHold: Remedy = async ({ bookingId = '' }, { services, temporal }) => {
  const working = await whoWorksOn(bookingId, temporal);
  // It would be cancelled, whatever it was about to come to.
  if (working !== undefined) return { refused: `the workflow ${working} runs, and ends it itself` };
  const answer = await services.ticket.releaseHold(bookingId, { dryRun: false, note: 'Its workflow was lost.' });
  if (!answer) return { refused: 'ticket-app does not know the booking' };
  const { plan, outcome, status } = answer;
  if (outcome === 'refused' || outcome === 'unanswered') return { refused: `ticket-app did not: ${plan}, ${outcome}` };
  return { did: `had its hold released (${plan}): it is ${status}` };
};

/**
 * Has the workflow run again that gives back what an ended booking holds; each of its steps may be repeated. Of one that
 * was sold, only where its refund was asked for before: this must not be what moves the money.
 */
const giveBack: Remedy = async ({ bookingId = '' }, { databases, services, temporal }) => {
  const booking = await createBookingLedger(databases['ticket-app']).find(bookingId);
  if (!booking) return { refused: 'ticket-app does not know the booking' };
  const working = await whoWorksOn(bookingId, temporal);
  if (working !== undefined) return { refused: `the workflow ${working} runs, and gives it back itself` };
  const { status, waitlistEntryId } = booking;
  if (status !== 'FAILED' && status !== 'CANCELLED')
    return { refused: `the booking is ${status}, and keeps what it has` };
  const invoice = await services.payment.invoice(bookingId);
  const isReturned = invoice?.status === 'REFUNDING' || invoice?.status === 'REFUNDED';
  if (invoice?.status === 'PAID') return { refused: 'it is paid, and its refund was not asked for: money would move' };
  if (wasConfirmed(booking) && !isReturned) return { refused: 'it was sold, and the payment app knows of no refund' };
  const handle = wasConfirmed(booking)
    ? await temporal.workflow.start(cancellationWorkflowType, cancellationWorkflowOptions(bookingToCancel(booking)))
    : await temporal.workflow.start(
        orphanedBookingWorkflowType,
        orphanedBookingOptions({ bookingId, ended: status, isOffer: waitlistEntryId !== undefined }),
      );
  const isOver = await Promise.race([handle.result().then(() => true), delay(workflowPatienceMs, false)]);
  return { did: `ran ${handle.workflowId} again, which ${isOver ? 'has given everything back' : 'goes on'}` };
};

/** What ticket-app does when it is told once more of the payment of a booking that has a ticket and no workflow. */
const finishSale: Remedy = async ({ bookingId = '' }, { databases, services, temporal }) => {
  const working = await whoWorksOn(bookingId, temporal);
  if (working !== undefined) return { refused: `the workflow ${working} runs, and finishes it itself` };
  if ((await services.payment.invoice(bookingId))?.status !== 'PAID')
    return { refused: 'the payment app has no money of it' };
  const ticketing = databases['ticket-app'];
  if ((await createTicketRecords(ticketing).find(bookingId))?.status !== 'VALID')
    return { refused: 'it has no valid ticket' };
  const bookings = createBookingLedger(ticketing);
  const booking = await bookings.find(bookingId);
  if (!booking) return { refused: 'ticket-app does not know the booking' };
  const { eventId, seatIds } = booking;
  const seats = createSeatLedger(ticketing);
  const held = await Promise.all(seatIds.map((seatId) => seats.heldBy({ eventId, seatId, bookingId })));
  const lost = seatIds.filter((_, index) => !held[index]);
  if (lost.length > 0)
    return {
      refused: `it has lost ${lost.join(', ')}: return the money at the gateway, and give its ticket's numbers to the gates`,
    };
  const sale = await createFinishSale({ bookings, temporal })(bookingId);
  if (!sale) return { refused: `it is ${(await bookings.get(bookingId)).status} meanwhile` };
  const outcome = await Promise.race([sale.result(), delay(workflowPatienceMs, 'goes on' as const)]);
  return { did: `ran ${sale.workflowId}: ${outcome}` };
};

const wakeWaitlist: Remedy = async ({ eventId, seatId }, { temporal }) => {
  if (eventId === undefined || seatId === undefined) return { refused: 'no seat is named' };
  await createWakeWaitlist(temporal)({ eventId, seatId });
  return { did: `woke the queue of seat ${seatId}` };
};

const rebuildBooking: Remedy = async ({ bookingId = '' }, { services }) => {
  const { results } = await services.client.reproject('bookings', [bookingId]);
  const outcome = results[0]?.outcome ?? 'no_answer';
  if (outcome === 'unknown' || outcome === 'no_answer')
    return { refused: `ticket-app told client-app nothing: ${outcome}` };
  return { did: `had client-app ask about the booking: ${outcome}` };
};

const rebuildEntry: Remedy = async ({ entryId = '' }, { services }) => {
  const { results } = await services.client.reproject('waitlist-entries', [entryId]);
  const outcome = results[0]?.outcome ?? 'no_answer';
  if (outcome === 'unknown' || outcome === 'no_answer')
    return { refused: `ticket-app told client-app nothing: ${outcome}` };
  return { did: `had client-app ask about the place: ${outcome}` };
};

/**
 * Has the webhook sent once more, but not that of a payment which nobody would make a ticket of: ticket-app answers it by
 * returning the money.
 */
const sendWebhookAgain: Remedy = async ({ bookingId, webhookId }, tools) => {
  if (webhookId === undefined) return { refused: 'no webhook of it is left to be sent' };
  if (bookingId !== undefined && (await wouldReturnMoney(bookingId, webhookId, tools))) {
    const todo = `ask the buyer, then kursi deliveries retry ${webhookId} returns it`;
    return { refused: `it is paid, there is no ticket and no workflow, so the money would go back: ${todo}` };
  }
  return { did: `had ${await sendAgain(tools.services, webhookId)} send the webhook again` };
};

/** Of payment-app's webhooks: those of ticket-app are only news. */
async function wouldReturnMoney(bookingId: string, webhookId: string, { databases, temporal }: Tools) {
  const invoices = databases['payment-app'].collection<Invoice>('invoices');
  const isPaid = await invoices.findOne({ _id: bookingId, status: 'PAID', 'deliveries.webhookId': webhookId });
  if (!isPaid || (await isWorkflowRunning(temporal, bookingWorkflowId(bookingId)))) return false;
  // Read last: the workflow may have ended with a ticket just now.
  return (await createTicketRecords(databases['ticket-app']).find(bookingId))?.status !== 'VALID';
}

const makePdf: Remedy = async ({ bookingId = '' }, { restorePdf }) => {
  const answer = await restorePdf(bookingId);
  if (answer === 'restored') return { did: 'made the PDF again, the same to the byte' };
  return { refused: answer };
};

const restoreSchedule: Remedy = async (_, { temporal }) => {
  await ensureSchedules(temporal);
  return { did: 'made the schedule again' };
};

const remedies: Record<RemedyName, Remedy> = {
  release_hold: releaseHold,
  give_back: giveBack,
  finish_sale: finishSale,
  wake_waitlist: wakeWaitlist,
  rebuild_booking: rebuildBooking,
  rebuild_entry: rebuildEntry,
  send_again: sendWebhookAgain,
  make_pdf: makePdf,
  restore_schedule: restoreSchedule,
};

/** Mends one thing. What a neighbour refuses is told, not thrown. */
export async function mend(name: RemedyName, subject: Subject, tools: Tools): Promise<Done> {
  try {
    return await remedies[name](subject, tools);
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_let_in') throw error;
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}
