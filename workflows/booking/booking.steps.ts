import { type ActivityOptions, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { BookingActivities } from '../../activities/bookings.ts';
import type { InvoiceActivities } from '../../activities/invoices.ts';
import type { OrganizerActivities } from '../../activities/organizer-holds.ts';
import type { TicketActivities } from '../../activities/tickets/issue-ticket.ts';
import { neighbour, quickly, untilDone } from '../give-back/give-back.steps.ts';

/** Organizer's hold and invoice together; then compensation. No claim takes effect later than this after the start. */
export const reserveMs = 60_000;
/** A void that takes longer than its first attempt has met a payment app that is away. */
export const voidPatienceMs = 5_000;
/** How often a try that is being processed is asked about, should its webhook be lost: doubling up to half a minute. */
export const settlePollMs = { first: 2_000, longest: 30_000 };

/** Steps in our own database: no network of others, so they run within the workflow task. */
export const { beginBooking } = proxyLocalActivities<BookingActivities>({
  startToCloseTimeout: '5s',
  retry: quickly,
  summary: 'Write the booking down, check limits, claim the seats',
});
export const { confirmSeats } = proxyLocalActivities<BookingActivities>({
  startToCloseTimeout: '5s',
  retry: quickly,
  summary: 'Mark the seats as sold',
});
export const { issueTicket } = proxyLocalActivities<TicketActivities>({
  startToCloseTimeout: '30s',
  retry: untilDone,
  // Where it is not the database that fails: a longer pause is a timer of Temporal's, no workflow task that is prolonged.
  localRetryThreshold: '5s',
  summary: 'Make the PDF ticket and confirm the booking',
});
export const { endBooking } = proxyLocalActivities<BookingActivities>({
  startToCloseTimeout: '5s',
  retry: quickly,
  summary: 'Write down how the booking ended',
});

/** Steps that must be over by `deadline` (milliseconds since 1970). */
export function stepsUntil(deadline: number) {
  const options: ActivityOptions = {
    ...neighbour,
    scheduleToCloseTimeout: Math.max(1, deadline - Date.now()),
    retry: quickly,
    // An attempt that outlives its time is harmless: its undo leaves a tombstone (K-2).
    cancellationType: 'TRY_CANCEL',
  };
  const { holdAtOrganizer } = proxyActivities<OrganizerActivities>({
    ...options,
    summary: 'Hold the seats at the organizer',
  });
  const { createInvoice } = proxyActivities<InvoiceActivities>({ ...options, summary: 'Create the invoice' });
  return { holdAtOrganizer, createInvoice };
}

export const { voidInvoice } = proxyActivities<InvoiceActivities>({
  ...neighbour,
  retry: untilDone,
  summary: 'Void the invoice, before any seat is given away',
});
/** For a booking that was an offer. */
export const { tellWaitlist } = proxyActivities<BookingActivities>({
  ...neighbour,
  retry: untilDone,
  summary: 'Tell the waitlist that the offer is over',
});
