import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { BookingActivities } from '../../activities/bookings.ts';
import type { CancellationActivities } from '../../activities/cancellations.ts';
import type { InvoiceActivities } from '../../activities/invoices.ts';
import type { NotificationActivities } from '../../activities/notifications.ts';
import type { OrganizerActivities } from '../../activities/organizer-holds.ts';

/** How often an accepted refund is asked about, should its webhook be lost: doubling up to an hour. */
export const refundPollMs = { first: 15_000, longest: 3_600_000 };

/* The one table of time-outs and retries. One attempt is longer than the slowest answer a neighbour may give. */
const neighbour = { startToCloseTimeout: '5s' } as const;
const quickly = { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '2s' } as const;
const untilDone = { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '30s' } as const;

/** Steps in our own database: no network of others, so they run within the workflow task. */
export const { revokeTicket } = proxyLocalActivities<CancellationActivities>({
  startToCloseTimeout: '5s',
  retry: quickly,
  summary: 'Take the ticket back, unless it has been used',
});
export const { writeCancelled } = proxyLocalActivities<CancellationActivities>({
  startToCloseTimeout: '5s',
  retry: quickly,
  summary: 'Write down that the booking is cancelled, and what is owed',
});

export const { releaseAtOrganizer } = proxyActivities<OrganizerActivities>({
  ...neighbour,
  retry: untilDone,
  summary: 'Release the hold at the organizer',
});
export const { releaseSeats } = proxyActivities<BookingActivities>({
  ...neighbour,
  retry: untilDone,
  summary: 'Release the seats',
});
export const { requestRefund } = proxyActivities<InvoiceActivities>({
  ...neighbour,
  retry: untilDone,
  summary: 'Return the money',
});
/** A client that is away for a night is not asked thousands of times; and no longer than it remembers webhook ids (30 days). */
export const { notifyClientApp } = proxyActivities<NotificationActivities>({
  startToCloseTimeout: '15s',
  scheduleToCloseTimeout: '14d',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '2m' },
  summary: 'Tell the Client App',
});
