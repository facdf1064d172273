import { Counter, type Registry } from 'prom-client';
import { ageSeconds, scrapedGauges } from '../../lib/http/scraped-gauges.ts';
import type { Logger } from '../../lib/logging/logger.ts';
import { measureOutboxes } from '../../lib/outbox/outbox-metrics.ts';
import type { InvoiceLedger } from './models/invoice-ledger.ts';
import type { InvoiceReader } from './models/invoice-reader.ts';

export type PaymentMetrics = ReturnType<typeof createPaymentMetrics>;

const refundGauges = {
  kursi_refunds_open: { help: 'Refunds that were asked for and are not done', labelNames: [] },
  kursi_refunds_open_oldest_age_seconds: { help: 'How long ago the oldest of them was asked for', labelNames: [] },
};

/** What the payment app counts. The backlog is read from the database when it is scraped. */
export function createPaymentMetrics(
  registry: Registry,
  { ledger, reader, log }: { ledger: InvoiceLedger; reader: InvoiceReader; log: Logger },
) {
  measureOutboxes(registry, log, {
    attempts: ledger.attemptLeases,
    refunds: ledger.refundLeases,
    deliveries: ledger.deliveryLeases,
  });
  scrapedGauges(registry, log, refundGauges, async () => {
    const { count, since } = await reader.openRefunds();
    return [
      { gauge: 'kursi_refunds_open', labels: {}, value: count },
      { gauge: 'kursi_refunds_open_oldest_age_seconds', labels: {}, value: since ? ageSeconds(since) : 0 },
    ];
  });
  return {
    attempts: new Counter({
      name: 'payment_attempts_total',
      help: 'Payment tries that were settled',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    refunds: new Counter({
      name: 'payment_refunds_total',
      help: 'Tries to return money that were settled',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    deliveries: new Counter({
      name: 'payment_webhook_deliveries_total',
      help: 'Tries to deliver a webhook',
      labelNames: ['outcome'],
      registers: [registry],
    }),
  };
}
