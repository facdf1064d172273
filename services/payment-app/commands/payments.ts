import type { Logger } from '../../../lib/logging/logger.ts';
import type { PaymentConfig } from '../config.ts';
import type { PaymentMetrics } from '../metrics.ts';
import type { InvoiceLedger } from '../models/invoice-ledger.ts';
import type { InvoiceReader } from '../models/invoice-reader.ts';

/** What the commands work with. */
export interface Payments {
  ledger: InvoiceLedger;
  reader: InvoiceReader;
  config: PaymentConfig;
  metrics: PaymentMetrics;
  log: Logger;
  /** Rouses the job that works off what a command has just written; without it the next poll finds it. */
  wake: Record<'attempts' | 'refunds' | 'deliveries', (delayMs?: number) => void>;
}
