import { Gauge, type Registry } from 'prom-client';
import type { Logger } from '../logging/logger.ts';

/** The value of one gauge, for one set of labels. */
export interface Reading<Name extends string> {
  gauge: Name;
  labels: Record<string, string>;
  value: number;
}

interface GaugeDescription {
  help: string;
  labelNames: readonly string[];
}

/** One scrape asks every gauge at once; what was read then serves all of them. */
const sharedMs = 500;

/**
 * Gauges whose values are read, all in one go, when they are scraped. While they cannot be read (the database is away) they
 * have no value, and the scrape still gets every other metric.
 */
export function scrapedGauges<Name extends string>(
  registry: Registry,
  log: Logger,
  gauges: Record<Name, GaugeDescription>,
  read: () => Promise<ReadonlyArray<Reading<NoInfer<Name>>>>,
): void {
  let last: { at: number; reading: Promise<ReadonlyArray<Reading<Name>>> } | undefined;
  const readOnce = () => {
    if (!last || Date.now() - last.at > sharedMs) {
      const reading = read().catch((error: unknown) => {
        log.debug({ err: error }, 'the gauges cannot be read');
        return [];
      });
      last = { at: Date.now(), reading };
    }
    return last.reading;
  };
  for (const [name, { help, labelNames }] of Object.entries<GaugeDescription>(gauges)) {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      async collect() {
        const readings = await readOnce();
        this.reset();
        for (const { gauge, labels, value } of readings) if (gauge === name) this.set(labels, value);
      },
    });
  }
}

/** How long ago that was, never less than nothing: clocks of two machines differ. */
export const ageSeconds = (since: Date, now = Date.now()): number => Math.max(0, (now - since.getTime()) / 1000);
