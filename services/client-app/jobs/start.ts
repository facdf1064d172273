import { startLeasePoller } from '../../../lib/outbox/lease-poller.ts';
import { askAboutBooking } from '../commands/ask-about-booking.ts';
import { askAboutEntry } from '../commands/ask-about-entry.ts';
import { settleAbandonedUpload } from '../commands/keep-ticket.ts';
import type { Dependencies } from '../dependencies.ts';

const leaseMs = 15_000;
/** These sweeps find what nobody was woken for; nobody waits for them. */
const pollMs = 1_000;

/** Starts the sweeps: bookings and places in queues that ticket-app should have told more of, and ticket uploads that were broken off. */
export function startJobs(dependencies: Dependencies, options: { pollMs?: number } = {}): { stop(): Promise<void> } {
  const { bookings, waitlist, tickets, log } = dependencies;
  const pace = { leaseMs, pollMs, ...options };
  const pollers = [
    startLeasePoller({
      ...pace,
      name: 'ask-about-bookings',
      log,
      leases: bookings.dueChecks,
      concurrency: 8,
      async work(leased) {
        await askAboutBooking(dependencies, leased.document);
        await bookings.endCheck(leased);
      },
    }),
    startLeasePoller({
      ...pace,
      name: 'ask-about-waitlist-entries',
      log,
      leases: waitlist.dueChecks,
      concurrency: 8,
      async work(leased) {
        await askAboutEntry(dependencies, leased.document);
        await waitlist.endCheck(leased);
      },
    }),
    startLeasePoller({
      ...pace,
      name: 'settle-abandoned-uploads',
      log,
      leases: tickets.abandoned,
      concurrency: 1,
      work: ({ document }) => settleAbandonedUpload(dependencies, document),
    }),
  ];
  return {
    async stop() {
      await Promise.all(pollers.map((poller) => poller.stop()));
    },
  };
}
