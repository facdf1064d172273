import type { KeyObject } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { JWTVerifyGetKey } from 'jose';
import type { Connection } from 'mongoose';
import type { DescribedRoutes } from '../../lib/http/routes.ts';
import type { Logger } from '../../lib/logging/logger.ts';
import { receivedWebhooks } from '../../lib/webhooks/received.ts';
import { createBookSeats } from './commands/book-seats.ts';
import { createCancelBooking } from './commands/cancel-booking.ts';
import { createCheckIn } from './commands/check-in.ts';
import { createDeliverNotification } from './commands/deliver-notification.ts';
import type { DeliverWaitlistNews } from './commands/deliver-waitlist-news.ts';
import { createListRevokedTickets } from './commands/list-revoked-tickets.ts';
import { createReadBookings } from './commands/read-bookings.ts';
import { createReceivePaymentWebhook } from './commands/receive-payment-webhook.ts';
import { createRefundBooking } from './commands/refund-booking.ts';
import { createSettleCancellations } from './commands/settle-cancellations.ts';
import type { Sweeps } from './jobs/sweep.ts';
import { createBookingLedger } from './models/booking-ledger.ts';
import { createCustomers } from './models/customers.ts';
import { createDeliveries } from './models/deliveries.ts';
import { findEventIn } from './models/event.ts';
import { createTicketRecords } from './models/ticket-records.ts';
import { createUnsettledBookings } from './models/unsettled-bookings.ts';
import { paymentAppAt } from './neighbours/payment-app.ts';
import { createAccess } from './routes/access.ts';
import { bookingRoutes } from './routes/bookings.ts';
import { gatePageRoutes } from './routes/gate-page.ts';
import { keyRoutes } from './routes/keys.ts';
import { ticketRoutes } from './routes/tickets.ts';
import { webhookDeliveryRoutes } from './routes/webhook-deliveries.ts';
import { webhookRoutes } from './routes/webhooks.ts';

export interface BookingParts {
  connection: Connection;
  temporal: Client;
  log: Logger;
  serviceSecrets: readonly string[];
  /** client-app's public keys, for the access tokens of admins. */
  adminKeys: JWTVerifyGetKey;
  paymentWebhookSecrets: readonly string[];
  paymentAppUrl: string;
  paymentAppSecret: string;
  /** Where client-app takes webhooks, and what signs them: for sending one again. */
  clientAppWebhookUrl: string;
  ticketingWebhookSecret: string;
  /** What checks tickets: the key in use, then those of before. */
  ticketKeys: readonly KeyObject[];
  deliverWaitlistNews: DeliverWaitlistNews;
  bookingsInFlight: number;
}

/** The part of ticket-app that sells: bookings, which are workflows, the webhooks both ways, and the tickets' public keys. */
export function createBookings(parts: BookingParts): { routes: DescribedRoutes; sweeps: Sweeps } {
  const { connection, temporal, log } = parts;
  const bookings = createBookingLedger(connection);
  const unsettled = createUnsettledBookings(connection);
  const tickets = createTicketRecords(connection);
  const paymentApp = paymentAppAt(parts.paymentAppUrl, parts.paymentAppSecret);
  const customers = createCustomers(connection);
  const findEvent = findEventIn(connection);
  const deliveries = createDeliveries(connection);
  const cancelBooking = createCancelBooking({ bookings, tickets, findEvent, temporal, log });
  const access = createAccess(parts.serviceSecrets, parts.adminKeys);
  const routes = [
    bookingRoutes({
      access,
      bookSeats: createBookSeats({
        connection,
        bookings,
        customers,
        findEvent,
        temporal,
        bookingsInFlight: parts.bookingsInFlight,
        log,
      }),
      cancelBooking,
      read: createReadBookings(connection, tickets),
    }),
    ticketRoutes({
      access,
      checkIn: createCheckIn({
        bookings,
        tickets,
        findEvent,
        publicKeys: parts.ticketKeys,
      }),
      listRevoked: createListRevokedTickets({ tickets, findEvent }),
    }),
    webhookRoutes(
      parts.paymentWebhookSecrets,
      createReceivePaymentWebhook({
        bookings,
        received: receivedWebhooks(connection),
        refundBooking: createRefundBooking({ bookings, tickets, paymentApp }),
        temporal,
        log,
      }),
    ),
    webhookDeliveryRoutes({
      access,
      deliveries,
      deliverWaitlistNews: parts.deliverWaitlistNews,
      deliverNotification: createDeliverNotification({
        bookings,
        deliveries,
        url: parts.clientAppWebhookUrl,
        secret: parts.ticketingWebhookSecret,
      }),
    }),
    keyRoutes(parts.ticketKeys),
    gatePageRoutes(),
  ].flat();
  return { routes, sweeps: { cancellations: createSettleCancellations({ unsettled, cancelBooking, temporal, log }) } };
}
