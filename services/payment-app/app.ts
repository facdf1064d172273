import type Koa from 'koa';
import type { Connection } from 'mongoose';
import { Registry } from 'prom-client';
import { bearerToken, serviceCredential } from '../../lib/auth/service-credential.ts';
import { InvoiceView, PaymentWebhook } from '../../lib/contracts/invoice.ts';
import { createApp } from '../../lib/http/app.ts';
import type { Logger } from '../../lib/logging/logger.ts';
import type { Payments } from './commands/payments.ts';
import type { PaymentConfig } from './config.ts';
import { startOutbox } from './jobs/outbox.ts';
import { createPaymentMetrics } from './metrics.ts';
import { InvoiceLedger } from './models/invoice-ledger.ts';
import { InvoiceReader } from './models/invoice-reader.ts';
import { PaymentView } from './presenters/payment.ts';
import { DeliveryView } from './presenters/webhook-delivery.ts';
import { invoiceRoutes } from './routes/invoices.ts';
import { paymentPageRoutes } from './routes/payment-page.ts';
import { paymentRoutes } from './routes/payments.ts';
import { refundRoutes } from './routes/refunds.ts';
import { webhookDeliveryRoutes } from './routes/webhook-deliveries.ts';

export interface PaymentAppParts {
  /** May still be connecting; until then routes answer 503 and the jobs wait. */
  connection: Connection;
  /** Rejects when the database does not answer. */
  checkDatabase(): Promise<unknown>;
  config: PaymentConfig;
  log: Logger;
}

export interface PaymentApp {
  app: Koa;
  /** Starts working off the outbox. Without it the app serves, and leaves the work to other processes. */
  startJobs(): void;
  /** Takes no new work, and resolves when what is under way has ended. */
  stopJobs(): Promise<void>;
}

/** Builds the payment app; it neither listens nor works until told. */
export function createPaymentApp({ connection, checkDatabase, config, log }: PaymentAppParts): PaymentApp {
  const registry = new Registry();
  const isService = serviceCredential(config.serviceSecrets);
  const ledger = new InvoiceLedger(connection);
  const reader = new InvoiceReader(connection);
  let outbox: ReturnType<typeof startOutbox> | undefined;
  const payments: Payments = {
    ledger,
    reader,
    config,
    metrics: createPaymentMetrics(registry, { ledger, reader, log }),
    log,
    wake: {
      attempts: (delayMs) => outbox?.attempts.wake(delayMs),
      refunds: (delayMs) => outbox?.refunds.wake(delayMs),
      deliveries: (delayMs) => outbox?.deliveries.wake(delayMs),
    },
  };
  const app = createApp({
    name: 'payment-app',
    log,
    checks: { mongodb: checkDatabase },
    metrics: registry,
    acceptsForms: true,
    trustedProxies: config.trustedProxies,
    addressLimit: { perMinute: config.requestsPerAddress, isExempt: (ctx) => isService(bearerToken(ctx)) },
    api: {
      title: 'Kursi payment-app',
      description:
        'Stands in for a payment gateway: invoices, payments that are processed asynchronously, refunds, and the webhooks that tell of them. Services create invoices; buyers pay by the payment URL.',
      schemas: { Invoice: InvoiceView, Payment: PaymentView, PaymentWebhook, WebhookDelivery: DeliveryView },
    },
    routes: [
      invoiceRoutes(payments),
      refundRoutes(payments),
      paymentRoutes(payments),
      paymentPageRoutes(payments),
      webhookDeliveryRoutes(payments),
    ],
  });
  return {
    app,
    startJobs() {
      outbox ??= startOutbox(payments);
    },
    async stopJobs() {
      const stopping = outbox;
      outbox = undefined;
      if (stopping) await Promise.all(Object.values(stopping).map((poller) => poller.stop()));
    },
  };
}
