import type { Registry } from 'prom-client';
import { ageSeconds, type Reading, scrapedGauges } from '../http/scraped-gauges.ts';
import type { Logger } from '../logging/logger.ts';
import type { Leases } from './leases.ts';

type Outboxes = Record<string, Pick<Leases<never>, 'overview'>>;

const labelNames = ['outbox'];
const gauges = {
  kursi_outbox_items: { help: 'Pieces of work that wait, are due, or are under way', labelNames },
  kursi_outbox_due_items: { help: 'Pieces of work that should have been done by now', labelNames },
  kursi_outbox_oldest_due_age_seconds: { help: 'How long the oldest of them has been due', labelNames },
};

/** Tells of each outbox how much is in it and how late it is, read from the database at each scrape. */
export function measureOutboxes(registry: Registry, log: Logger, outboxes: Outboxes): void {
  scrapedGauges(registry, log, gauges, async () => {
    const now = new Date();
    const all = Object.entries(outboxes).map(async ([outbox, leases]): Promise<Reading<keyof typeof gauges>[]> => {
      const { waiting, due, oldestDueAt } = await leases.overview(now);
      const age = oldestDueAt ? ageSeconds(oldestDueAt, now.getTime()) : 0;
      return [
        { gauge: 'kursi_outbox_items', labels: { outbox }, value: waiting },
        { gauge: 'kursi_outbox_due_items', labels: { outbox }, value: due },
        { gauge: 'kursi_outbox_oldest_due_age_seconds', labels: { outbox }, value: age },
      ];
    });
    return (await Promise.all(all)).flat();
  });
}
