import { Counter, Gauge, type Registry } from 'prom-client';
import type { Logger } from '../../lib/logging/logger.ts';
import type { InvoiceLedger } from './models/invoice-ledger.ts';

export type PaymentMetrics = ReturnType<typeof createPaymentMetrics>;

/** What the payment app counts. The backlog is read from the database when it is scraped. */
export function createPaymentMetrics(registry: Registry, ledger: InvoiceLedger, log: Logger) {
  const lanes = {
    attempts: ledger.attemptLeases,
    refunds: ledger.refundLeases,
    deliveries: ledger.deliveryLeases,
  };
  new Gauge({
    name: 'payment_outbox_backlog',
    help: 'Invoices with work that waits or is under way',
    labelNames: ['lane'],
    registers: [registry],
    async collect() {
      for (const [lane, leases] of Object.entries(lanes)) {
        try {
          this.set({ lane }, await leases.backlog());
        } catch (error) {
          // A scrape while the database is away still gets every other metric.
          log.debug({ err: error, lane }, 'cannot count the backlog');
          this.remove({ lane });
        }
      }
    },
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
