import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import axios from 'axios';
import type { CreateInvoice, InvoiceView } from '../../lib/contracts/invoice.ts';
import { serve } from '../../lib/http/serve.ts';
import { createLogger } from '../../lib/logging/logger.ts';
import { connectDatabase } from '../../lib/mongo/connection.ts';
import { migrate } from '../../lib/mongo/migrate.ts';
import { createPaymentApp } from '../../services/payment-app/app.ts';
import type { PaymentConfig } from '../../services/payment-app/config.ts';
import { testMongoUri } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

export const serviceSecret = 'service-secret-of-tests';
export const webhookSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const migrations = fileURLToPath(new URL('../../services/payment-app/migrations', import.meta.url));

/** A database with the payment app's indexes; returns its URI. */
export async function paymentDatabase(name: string): Promise<string> {
  const uri = testMongoUri(name);
  await migrate(uri, migrations);
  return uri;
}

/** What a booking of two seats asks for, due in 15 minutes. */
export function invoiceOrder(changes: Partial<CreateInvoice> = {}): CreateInvoice {
  const bookingId = changes.bookingId ?? randomUUID();
  return {
    bookingId,
    workflowId: `booking/${bookingId}`,
    amount: 2_500_000,
    currency: 'IDR',
    description: 'Malam Jazz Jakarta, Istora Senayan',
    lines: [
      { text: 'Section A, row 3, seat 12', amount: 1_250_000 },
      { text: 'Section A, row 3, seat 13', amount: 1_250_000 },
    ],
    expiresAt: new Date(Date.now() + 15 * 60_000).toISOString(),
    paymentTries: 3,
    ...changes,
  };
}

export const tokenOf = (invoice: InvoiceView): string => invoice.paymentUrl?.split('/').at(-1) ?? 'none';

/** Speaks to a payment app over HTTP as a service does; it throws on no status. */
export function paymentClient(url: string) {
  const http = axios.create({
    baseURL: url,
    validateStatus: () => true,
    maxRedirects: 0,
    headers: { Authorization: `Bearer ${serviceSecret}` },
  });
  const invoiceOf = async (bookingId: string): Promise<InvoiceView> =>
    (await http.get(`/bookings/${bookingId}/invoice`)).data;
  return {
    http,
    invoiceOf,
    async create(changes: Partial<CreateInvoice> = {}): Promise<InvoiceView> {
      const { status, data } = await http.post('/invoices', invoiceOrder(changes));
      if (status !== 201) throw new Error(`The invoice was not created: ${status} ${JSON.stringify(data)}`);
      return data;
    },
    pay: (invoice: InvoiceView, method: string, more: { delayMs?: number; key?: string } = {}) => {
      const { key, ...rest } = more;
      const headers = key === undefined ? {} : { 'Idempotency-Key': key };
      return http.post(`/payments/${tokenOf(invoice)}`, { method, ...rest }, { headers });
    },
    void: (bookingId: string) => http.post(`/bookings/${bookingId}/void`),
    refund: (bookingId: string, refundId = bookingId) =>
      http.post('/refunds', { refundId, bookingId, workflowId: `refund/${bookingId}`, reason: 'seat lost' }),
    becomes: (bookingId: string, ...statuses: InvoiceView['status'][]): Promise<InvoiceView> =>
      waitUntil(`the invoice of ${bookingId} to become ${statuses.join(' or ')}`, async () => {
        const invoice = await invoiceOf(bookingId);
        return statuses.includes(invoice.status) && invoice;
      }),
  };
}

/** A payment app in this process, on a database of its own, with a real receiver for its webhooks. */
export async function startTestPaymentApp(name: string, changes: Partial<PaymentConfig> = {}, { jobs = true } = {}) {
  const receiver = await startWebhookReceiver([webhookSecret]);
  const log = createLogger('payment-app', process.env.LOG_LEVEL ?? 'silent');
  const database = connectDatabase(await paymentDatabase(name), log);
  await database.ready;
  const config: PaymentConfig = {
    publicUrl: 'https://pay.example.test',
    serviceSecrets: [serviceSecret],
    webhookUrl: receiver.url,
    webhookSecrets: [webhookSecret],
    declineRate: 0,
    refundFailureRate: 0,
    seed: 'test',
    processingMs: 20,
    testMethods: true,
    trustedProxies: 0,
    requestsPerAddress: 0,
    ...changes,
  };
  const { connection } = database;
  const app = createPaymentApp({ connection, checkDatabase: () => database.check(), config, log });
  const served = await serve(app.app, '127.0.0.1', 0);
  if (jobs) app.startJobs();
  return {
    ...paymentClient(served.url),
    url: served.url,
    app,
    config,
    connection,
    receiver,
    async stop() {
      await served.close();
      await app.stopJobs();
      await receiver.close();
      await connection.dropDatabase();
      await database.close();
    },
  };
}

export type TestPaymentApp = Awaited<ReturnType<typeof startTestPaymentApp>>;
