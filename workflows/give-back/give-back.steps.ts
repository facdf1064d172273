import { proxyActivities } from '@temporalio/workflow';
import type { BookingActivities } from '../../activities/bookings.ts';
import type { InvoiceActivities } from '../../activities/invoices.ts';
import type { NotificationActivities } from '../../activities/notifications.ts';
import type { OrganizerActivities } from '../../activities/organizer-holds.ts';

/** How often an accepted refund is asked about, should its webhook be lost: doubling up to an hour. */
export const refundPollMs = { first: 15_000, longest: 3_600_000 };

/* Time-outs and retries that every workflow of a booking shares. One attempt is longer than the slowest answer a neighbour may give. */
export const neighbour = { startToCloseTimeout: '5s' } as const;
/** Somebody waits for it: one that comes back is asked within a second. Its circuit breaker spares it meanwhile. */
export const quickly = { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '1s' } as const;
export const untilDone = { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '30s' } as const;
/** A client that is away for a night is not asked thousands of times; and no longer than it remembers webhook ids (30 days). */
const forDays = {
  scheduleToCloseTimeout: '14d',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '2m' },
} as const;

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
export const { notifyClientApp } = proxyActivities<NotificationActivities>({
  startToCloseTimeout: '15s',
  ...forDays,
  summary: 'Tell the Client App',
});
