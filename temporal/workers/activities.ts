import type { Client } from '@temporalio/client';
import type { Connection } from 'mongoose';
import { Registry } from 'prom-client';
import { createBookingActivities } from '../../activities/bookings.ts';
import { createCancellationActivities } from '../../activities/cancellations.ts';
import { createEventCancellationActivities } from '../../activities/event-cancellation.ts';
import { createInvoiceActivities } from '../../activities/invoices.ts';
import { createNotificationActivities } from '../../activities/notifications.ts';
import { createOrganizerActivities } from '../../activities/organizer-holds.ts';
import { createOrganizers } from '../../activities/organizers/organizers.ts';
import { createSweepActivities } from '../../activities/sweeps.ts';
import { createTicketActivities } from '../../activities/tickets/issue-ticket.ts';
import { createWaitlistActivities } from '../../activities/waitlist/waitlist.ts';
import type { Logger } from '../../lib/logging/logger.ts';
import { createCancelBooking } from '../../services/ticket-app/commands/cancel-booking.ts';
import { createCancelHeldBookings } from '../../services/ticket-app/commands/cancel-held-bookings.ts';
import { createCancellationProgress } from '../../services/ticket-app/commands/cancellation-progress.ts';
import { createCloseSeats } from '../../services/ticket-app/commands/close-seats.ts';
import { createDeliverNotification } from '../../services/ticket-app/commands/deliver-notification.ts';
import { createPriceList } from '../../services/ticket-app/commands/price-list.ts';
import { createRefundBooking } from '../../services/ticket-app/commands/refund-booking.ts';
import { createWakeWaitlist } from '../../services/ticket-app/commands/wake-waitlist.ts';
import { createBookingLedger } from '../../services/ticket-app/models/booking-ledger.ts';
import { createCustomers } from '../../services/ticket-app/models/customers.ts';
import { createDeliveries } from '../../services/ticket-app/models/deliveries.ts';
import { findEventIn } from '../../services/ticket-app/models/event.ts';
import { createEventLedger } from '../../services/ticket-app/models/event-ledger.ts';
import { createHeldSeats } from '../../services/ticket-app/models/held-seats.ts';
import { createPurchaseLimits } from '../../services/ticket-app/models/purchase-limits.ts';
import { createSeatLedger } from '../../services/ticket-app/models/seat-ledger.ts';
import { createTicketRecords } from '../../services/ticket-app/models/ticket-records.ts';
import { createWaitingLimits } from '../../services/ticket-app/models/waiting-limits.ts';
import { createWaitlistLedger } from '../../services/ticket-app/models/waitlist-ledger.ts';
import { paymentAppAt } from '../../services/ticket-app/neighbours/payment-app.ts';
import type { WorkerConfig } from './config.ts';
import {
  countedDeliveries,
  countedSeats,
  countedWaitlist,
  createWorkerMetrics,
  measuredOrganizers,
} from './metrics.ts';

/** Puts the activities together with the database and the neighbours they need. */
export function createActivities(
  connection: Connection,
  config: WorkerConfig,
  temporal: Client,
  log: Logger,
  metrics = createWorkerMetrics(new Registry()),
) {
  const events = createEventLedger(connection);
  const bookings = createBookingLedger(connection);
  const seats = countedSeats(createSeatLedger(connection), metrics);
  const limits = createPurchaseLimits(connection);
  const tickets = createTicketRecords(connection);
  const findEvent = findEventIn(connection);
  const paymentApp = paymentAppAt(config.PAYMENT_APP_URL, config.paymentAppSecret);
  const organizers = measuredOrganizers(createOrganizers(config.organizers), metrics);
  const deliverNotification = createDeliverNotification({
    bookings,
    deliveries: countedDeliveries(createDeliveries(connection), metrics),
    url: config.CLIENT_APP_WEBHOOK_URL,
    secret: config.webhookSecret,
  });
  const wakeWaitlist = createWakeWaitlist(temporal);
  return {
    ...createBookingActivities({
      bookings,
      seats,
      limits,
      findEvent,
      holdMs: config.HOLD_SECONDS * 1000,
      offerMs: config.OFFER_SECONDS * 1000,
      wakeWaitlist,
    }),
    ...createWaitlistActivities({
      entries: countedWaitlist(createWaitlistLedger(connection), metrics),
      seats,
      bookings,
      limits: createWaitingLimits(connection),
      findEvent,
    }),
    ...createOrganizerActivities({
      bookings,
      closeSeats: createCloseSeats({ seats, prices: createPriceList(connection, events), wakeWaitlist }),
      organizers,
    }),
    ...createInvoiceActivities({
      bookings,
      paymentApp,
      refundBooking: createRefundBooking({ bookings, tickets, paymentApp }),
    }),
    ...createCancellationActivities({ bookings, tickets }),
    ...createEventCancellationActivities({
      events,
      seats,
      progress: createCancellationProgress(connection, events),
      cancelHeld: createCancelHeldBookings({
        held: createHeldSeats(connection),
        events,
        cancelBooking: createCancelBooking({ bookings, tickets, findEvent, temporal, log }),
        wakeWaitlist,
        log,
      }),
    }),
    ...createTicketActivities({
      bookings,
      tickets,
      limits,
      findEvent,
      customers: createCustomers(connection),
      signingKey: config.ticketSigningKey,
    }),
    ...createNotificationActivities({ deliverNotification }),
    ...createSweepActivities({ tickets }),
  };
}
