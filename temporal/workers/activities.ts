import type { Client } from '@temporalio/client';
import type { Connection } from 'mongoose';
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

/** Puts the activities together with the database and the neighbours they need. */
export function createActivities(connection: Connection, config: WorkerConfig, temporal: Client, log: Logger) {
  const events = createEventLedger(connection);
  const bookings = createBookingLedger(connection);
  const seats = createSeatLedger(connection);
  const limits = createPurchaseLimits(connection);
  const tickets = createTicketRecords(connection);
  const findEvent = findEventIn(connection);
  const paymentApp = paymentAppAt(config.PAYMENT_APP_URL, config.paymentAppSecret);
  const organizers = createOrganizers(config.organizers);
  const deliverNotification = createDeliverNotification({
    bookings,
    deliveries: createDeliveries(connection),
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
      entries: createWaitlistLedger(connection),
      seats,
      bookings,
      limits: createWaitingLimits(connection),
      findEvent,
    }),
    ...createOrganizerActivities({ bookings, closeSeats: createCloseSeats(seats, wakeWaitlist), organizers }),
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
