import type { Client } from '@temporalio/client';
import type { Connection } from 'mongoose';
import type { Registry } from 'prom-client';
import type { DescribedRoutes } from '../../lib/http/routes.ts';
import type { Logger } from '../../lib/logging/logger.ts';
import { measureOutboxes } from '../../lib/outbox/outbox-metrics.ts';
import { createInspectBooking } from './commands/inspect-booking.ts';
import { createListIds } from './commands/list-ids.ts';
import { createPriceList } from './commands/price-list.ts';
import { createReadWaitlist } from './commands/read-waitlist.ts';
import { createReleaseHold } from './commands/release-hold.ts';
import { createBookingLedger } from './models/booking-ledger.ts';
import { createDeliveries } from './models/deliveries.ts';
import { createEventLedger } from './models/event-ledger.ts';
import { createReadOpenWork } from './models/open-work.ts';
import { createSeatLedger } from './models/seat-ledger.ts';
import { createWaitlistLedger } from './models/waitlist-ledger.ts';
import { paymentAppAt } from './neighbours/payment-app.ts';
import { measureOpenWork } from './open-work-metrics.ts';
import { operationRoutes } from './routes/operations.ts';

export interface OperationsParts {
  connection: Connection;
  temporal: Client;
  log: Logger;
  metrics: Registry;
  serviceSecrets: readonly string[];
  paymentAppUrl: string;
  paymentAppSecret: string;
}

/** The part of ticket-app that operators use: what is asked and done by the command line, and what is measured. */
export function createOperations(parts: OperationsParts): DescribedRoutes {
  const { connection, temporal, log, metrics, serviceSecrets } = parts;
  const bookings = createBookingLedger(connection);
  const seats = createSeatLedger(connection);
  const deliveries = createDeliveries(connection);
  const openWork = createReadOpenWork(connection);
  measureOpenWork(metrics, log, openWork);
  measureOutboxes(metrics, log, { 'waitlist-news': createWaitlistLedger(connection).dueNews });
  return operationRoutes({
    serviceSecrets,
    inspect: createInspectBooking({ connection, bookings, deliveries, waitlist: createReadWaitlist(connection) }),
    releaseHold: createReleaseHold({
      bookings,
      seats,
      paymentApp: paymentAppAt(parts.paymentAppUrl, parts.paymentAppSecret),
      temporal,
      log,
    }),
    openWork,
    deliveries,
    listIds: createListIds(connection),
    prices: createPriceList(connection, createEventLedger(connection)),
  });
}
