import type { Logger } from '../../../lib/logging/logger.ts';
import { nextTryAt, type RetrySchedule } from '../../../lib/outbox/backoff.ts';
import { type LeasePoller, startLeasePoller } from '../../../lib/outbox/lease-poller.ts';
import type { DeliverWaitlistNews } from '../commands/deliver-waitlist-news.ts';
import type { WaitlistNews } from '../models/waitlist-entry.ts';
import type { WaitlistLedger } from '../models/waitlist-ledger.ts';

/** For as long as bookings' notifications are retried; receivers remember webhook ids longer. */
const schedule: RetrySchedule = { firstMs: 500, factor: 2, capMs: 120_000, giveUpAfterMs: 14 * 24 * 3_600_000 };
/** Longer than one delivery takes; prolonged while it goes on. */
const leaseMs = 5_000;

interface Parts {
  entries: WaitlistLedger;
  deliver: DeliverWaitlistNews;
  log: Logger;
}

/** Tells client-app what the entries of the waitlists say it must be told. */
export function startWaitlistNews({ entries, deliver, log }: Parts): LeasePoller {
  async function tell(entryId: string, news: WaitlistNews): Promise<void> {
    const { webhookId, type, createdAt } = news;
    try {
      await deliver(entryId, webhookId, type);
    } catch (error) {
      const next = nextTryAt(schedule, createdAt, news.tries + 1);
      log.warn({ entryId, webhookId, reason: (error as Error).message, nextAttemptAt: next }, 'news not delivered');
      if (next) return entries.postponeNews(entryId, news, next);
    }
    await entries.endNews(entryId, webhookId);
  }

  return startLeasePoller({
    name: 'waitlist-news',
    log,
    leases: entries.dueNews,
    concurrency: 16,
    leaseMs,
    async work({ document, leaseId }) {
      const news = document.news.find((candidate) => candidate.leaseId === leaseId);
      if (news) await tell(document._id, news);
    },
  });
}
