import { startLeasePoller } from '../../../lib/outbox/lease-poller.ts';
import { deliverWebhook } from '../commands/deliver-webhook.ts';
import type { Payments } from '../commands/payments.ts';
import { settlePayment } from '../commands/settle-payment.ts';
import { settleRefund } from '../commands/settle-refund.ts';

/** After a kill, a payment try must go on within 3 s: a lease and one poll (200 ms) are well below. */
const leaseMs = 2_000;

/** How much of each kind runs at once. Each has a poller of its own, so that a dead receiver holds up no payment. */
const concurrency = { attempts: 32, refunds: 8, deliveries: 32 } as const;

/** Works off what the invoices say must follow: tries and refunds to settle, webhooks to deliver. */
export function startOutbox(payments: Payments) {
  const { ledger, log } = payments;
  const attempts = startLeasePoller({
    name: 'attempts',
    log,
    leaseMs,
    concurrency: concurrency.attempts,
    leases: ledger.attemptLeases,
    async work({ document, leaseId }) {
      const attempt = document.attempts.find((candidate) => candidate.leaseId === leaseId);
      if (attempt) await settlePayment(payments, document, attempt.attemptId);
    },
  });
  const refunds = startLeasePoller({
    name: 'refunds',
    log,
    leaseMs,
    concurrency: concurrency.refunds,
    leases: ledger.refundLeases,
    async work({ document }) {
      await settleRefund(payments, document);
    },
  });
  const deliveries = startLeasePoller({
    name: 'deliveries',
    log,
    leaseMs,
    concurrency: concurrency.deliveries,
    leases: ledger.deliveryLeases,
    async work({ document, leaseId }, signal) {
      const delivery = document.deliveries.find((candidate) => candidate.leaseId === leaseId);
      if (delivery) await deliverWebhook(payments, document, delivery, signal);
    },
  });
  return { attempts, refunds, deliveries };
}
