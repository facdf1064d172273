import type { JWTVerifyGetKey } from 'jose';
import type Koa from 'koa';
import type { Connection } from 'mongoose';
import { Registry } from 'prom-client';
import { BookingView } from '../../lib/contracts/booking.ts';
import { EventView } from '../../lib/contracts/event.ts';
import { PaymentWebhook } from '../../lib/contracts/invoice.ts';
import { SeatView } from '../../lib/contracts/seat.ts';
import { WaitlistEntryView } from '../../lib/contracts/waitlist.ts';
import { createApp } from '../../lib/http/app.ts';
import type { HealthChecks } from '../../lib/http/health.ts';
import type { DescribedRoutes } from '../../lib/http/routes.ts';
import type { Logger } from '../../lib/logging/logger.ts';
import { idempotencyKeysIn } from '../../lib/mongo/idempotency-keys.ts';
import type { ApiInfo } from '../../lib/openapi/document.ts';
import { createCancellationProgress } from './commands/cancellation-progress.ts';
import { createChangeEvent } from './commands/change-event.ts';
import { createChangeSeat } from './commands/change-seat.ts';
import { createCloseEvent } from './commands/close-event.ts';
import { createCloseSeats } from './commands/close-seats.ts';
import { createSeatCounts } from './commands/count-seats.ts';
import { createCreateEvent } from './commands/create-event.ts';
import { createFindEvents } from './commands/find-events.ts';
import { createFindSeats } from './commands/find-seats.ts';
import { createImportSeats } from './commands/import-seats.ts';
import { createListBookingsOfEvent } from './commands/list-bookings-of-event.ts';
import { createPriceList } from './commands/price-list.ts';
import { createReadBookings } from './commands/read-bookings.ts';
import { seatsThatExist } from './commands/seats-that-exist.ts';
import { createSettleWork } from './commands/settle-work.ts';
import type { StartEventCancellation } from './commands/start-event-cancellation.ts';
import type { WakeWaitlist } from './commands/wake-waitlist.ts';
import { createCustomers } from './models/customers.ts';
import { createEventLedger } from './models/event-ledger.ts';
import { createSeatImports } from './models/seat-imports.ts';
import { createSeatLedger } from './models/seat-ledger.ts';
import { createTicketRecords } from './models/ticket-records.ts';
import { BookingOfBuyerView } from './presenters/booking-of-buyer.ts';
import { SeatToKeeper } from './presenters/seat.ts';
import { createAccess } from './routes/access.ts';
import { eventBookingRoutes } from './routes/event-bookings.ts';
import { eventRoutes } from './routes/events.ts';
import { seatRoutes } from './routes/seats.ts';
import { DeliveryView } from './routes/webhook-deliveries.ts';
import { createSeatMap, type SeatMapOptions } from './seat-map.ts';

const api: ApiInfo = {
  title: 'Kursi ticket-app',
  description:
    'Events, seats, bookings, queues and tickets. Organizers and admins call it with an access token of client-app; client-app calls it for the buyers, with the secret of services.',
  schemas: {
    Event: EventView,
    Booking: BookingView,
    Seat: SeatView,
    SeatToKeeper,
    BookingOfBuyer: BookingOfBuyerView,
    WaitlistEntry: WaitlistEntryView,
    PaymentWebhook,
    WebhookDelivery: DeliveryView,
  },
};

export interface TicketAppParts {
  /** May still be connecting; until then routes answer 503. */
  connection: Connection;
  log: Logger;
  /** The first is used by whoever calls us, every one is accepted. */
  serviceSecrets: readonly string[];
  /** client-app's public keys, for the access tokens of admins. */
  adminKeys: JWTVerifyGetKey;
  checks: HealthChecks;
  metrics?: Registry;
  /** What operators ask and do. */
  operations?: DescribedRoutes;
  startCancellation: StartEventCancellation;
  wakeWaitlist: WakeWaitlist;
  seatMap?: SeatMapOptions;
  /** Beside events and seats: bookings, queues and webhooks. */
  routes?: readonly DescribedRoutes[];
}

export interface TicketApp {
  app: Koa;
  /** Finishes what a killed process left of imports and cancellations, and ends the events that are over. */
  sweep(now: Date): Promise<void>;
  /** Sends away those who listen, who would otherwise keep it from closing. */
  close(): void;
}

/** Puts ticket-app together; it neither listens nor sweeps by itself. */
export function createTicketApp(parts: TicketAppParts): TicketApp {
  const { connection, log, checks, startCancellation, routes = [], metrics = new Registry() } = parts;
  const access = createAccess(parts.serviceSecrets, parts.adminKeys);
  const counter = createSeatCounts(connection);
  const events = createEventLedger(connection);
  const seats = createSeatLedger(connection);
  const prices = createPriceList(connection, events);
  const imports = createImportSeats({
    imports: createSeatImports(connection),
    events,
    seats,
    exist: seatsThatExist(connection),
    prices,
    counter,
  });
  const progress = createCancellationProgress(connection, events);
  const closing = createCloseEvent(connection, { events, seats, counter, progress, startCancellation });
  const settle = createSettleWork({ events, imports, closing, prices });
  const findSeats = createFindSeats(connection, settle);
  const seatMap = createSeatMap({
    connection,
    log,
    metrics,
    readers: access.to('seats.read'),
    services: access.to('buyerBookings.create'),
    find: findSeats,
    settle,
    options: parts.seatMap,
  });
  const app = createApp({
    name: 'ticket-app',
    log,
    checks,
    api,
    metrics,
    routes: [
      eventRoutes({
        access,
        find: createFindEvents(connection, counter),
        create: createCreateEvent(events, idempotencyKeysIn(connection)),
        change: createChangeEvent(events),
        closing,
      }),
      seatRoutes({
        access,
        imports,
        change: createChangeSeat({
          seats,
          find: findSeats,
          settle,
          prices,
          counter,
          closeSeats: createCloseSeats({ seats, prices, wakeWaitlist: parts.wakeWaitlist }),
        }),
      }),
      eventBookingRoutes({
        access,
        list: createListBookingsOfEvent({
          read: createReadBookings(connection, createTicketRecords(connection)),
          customers: createCustomers(connection),
          findEvent: events.find,
        }),
      }),
      seatMap.routes,
      ...routes,
      ...(parts.operations ? [parts.operations] : []),
    ],
  });
  return { app, sweep: settle.sweep, close: seatMap.close };
}
