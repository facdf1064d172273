import type { Client } from '@temporalio/client';
import type { JWTVerifyGetKey } from 'jose';
import type { Connection } from 'mongoose';
import type { DescribedRoutes } from '../../lib/http/routes.ts';
import type { Logger } from '../../lib/logging/logger.ts';
import type { LeasePoller } from '../../lib/outbox/lease-poller.ts';
import { createDeliverWaitlistNews, type DeliverWaitlistNews } from './commands/deliver-waitlist-news.ts';
import { createJoinWaitlist } from './commands/join-waitlist.ts';
import { createLeaveWaitlist } from './commands/leave-waitlist.ts';
import { createReadWaitlist } from './commands/read-waitlist.ts';
import { createWaitlistCalls } from './commands/waitlist-calls.ts';
import { createWakeStrandedWaitlists } from './commands/wake-stranded-waitlists.ts';
import { createWakeWaitlist, type WakeWaitlist } from './commands/wake-waitlist.ts';
import type { Sweeps } from './jobs/sweep.ts';
import { startWaitlistNews } from './jobs/waitlist-news.ts';
import { createCustomers } from './models/customers.ts';
import { createDeliveries } from './models/deliveries.ts';
import { findEventIn } from './models/event.ts';
import { createSeatLedger } from './models/seat-ledger.ts';
import { createWaitlistLedger } from './models/waitlist-ledger.ts';
import { createAccess } from './routes/access.ts';
import { waitlistRoutes } from './routes/waitlist.ts';

export interface WaitlistParts {
  connection: Connection;
  temporal: Client;
  log: Logger;
  serviceSecrets: readonly string[];
  /** client-app's public keys, for the access tokens of admins. */
  adminKeys: JWTVerifyGetKey;
  /** Where client-app takes webhooks, and what signs them. */
  clientAppWebhookUrl: string;
  ticketingWebhookSecret: string;
}

export interface Waitlist {
  routes: DescribedRoutes;
  deliverNews: DeliverWaitlistNews;
  wake: WakeWaitlist;
  sweeps: Sweeps;
  /** Begins to tell client-app what it must know. */
  startNews(): LeasePoller;
}

/** The part of ticket-app that lets people queue for seats; the queues themselves are workflows. */
export function createWaitlist(parts: WaitlistParts): Waitlist {
  const { connection, temporal, log } = parts;
  const read = createReadWaitlist(connection);
  const wake = createWakeWaitlist(temporal);
  const deliverNews = createDeliverWaitlistNews({
    read,
    deliveries: createDeliveries(connection),
    url: parts.clientAppWebhookUrl,
    secret: parts.ticketingWebhookSecret,
  });
  const entries = createWaitlistLedger(connection);
  const calls = createWaitlistCalls(temporal, log);
  const seats = createSeatLedger(connection);
  const customers = createCustomers(connection);
  const routes = waitlistRoutes({
    access: createAccess(parts.serviceSecrets, parts.adminKeys),
    join: createJoinWaitlist({ entries, seats, customers, findEvent: findEventIn(connection), calls }),
    leave: createLeaveWaitlist({ entries, calls }),
    read,
  });
  return {
    routes,
    deliverNews,
    wake,
    sweeps: { waitlists: createWakeStrandedWaitlists(connection, wake, log) },
    startNews: () => startWaitlistNews({ entries, deliver: deliverNews, log }),
  };
}
