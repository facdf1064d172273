import type { Registry } from 'prom-client';
import { ageSeconds, type Reading, scrapedGauges } from '../../lib/http/scraped-gauges.ts';
import type { Logger } from '../../lib/logging/logger.ts';
import type { OpenWork, ReadOpenWork } from './models/open-work.ts';

const labelNames = ['kind'];
const gauges = {
  kursi_open_items: {
    help: 'What is to come to an end, by kind: bookings that are not over, refunds, news',
    labelNames,
  },
  kursi_open_oldest_age_seconds: { help: 'How long the oldest of them has been so', labelNames },
};

/** Tells how much ticket-app has open, and how old the oldest of it is, read from the database at each scrape. */
export function measureOpenWork(registry: Registry, log: Logger, read: ReadOpenWork): void {
  scrapedGauges(registry, log, gauges, async () =>
    Object.entries<OpenWork>(await read()).flatMap(([kind, { count, since }]): Reading<keyof typeof gauges>[] => [
      { gauge: 'kursi_open_items', labels: { kind }, value: count },
      { gauge: 'kursi_open_oldest_age_seconds', labels: { kind }, value: since ? ageSeconds(since) : 0 },
    ]),
  );
}
