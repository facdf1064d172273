import type Koa from 'koa';
import { Registry } from 'prom-client';
import { EventView } from '../../lib/contracts/event.ts';
import { SeatView } from '../../lib/contracts/seat.ts';
import { createApp } from '../../lib/http/app.ts';
import type { HealthChecks } from '../../lib/http/health.ts';
import { measureOutboxes } from '../../lib/outbox/outbox-metrics.ts';
import { passwordVerifications } from './auth/passwords.ts';
import type { Dependencies } from './dependencies.ts';
import { BookingInListView, BookingView } from './presenters/booking.ts';
import { SessionView, TokensView } from './presenters/session.ts';
import { UserView } from './presenters/user.ts';
import { EntryInListView, EntryView } from './presenters/waitlist-entry.ts';
import { bookingRoutes } from './routes/bookings.ts';
import { eventRoutes } from './routes/events.ts';
import { operationRoutes } from './routes/operations.ts';
import { seatMapRoutes } from './routes/seat-map.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { userRoutes } from './routes/users.ts';
import { waitlistRoutes } from './routes/waitlist-entries.ts';
import { webhookRoutes } from './routes/webhooks.ts';

/** client-app without its port. `checks` is what `/readyz` asks beside ticket-app. */
export function createClientApp(dependencies: Dependencies, checks: HealthChecks): Koa {
  const { log, bookings, waitlist } = dependencies;
  const metrics = new Registry();
  metrics.registerMetric(passwordVerifications);
  measureOutboxes(metrics, log, {
    'ask-about-bookings': bookings.dueChecks,
    'ask-about-waitlist-entries': waitlist.dueChecks,
  });
  return createApp({
    name: 'client-app',
    log,
    metrics,
    trustedProxies: dependencies.trustedProxies,
    corsOrigins: dependencies.corsOrigins,
    addressLimit: {
      perMinute: dependencies.requestsPerAddress,
      isExempt: (ctx) => ctx.path.startsWith('/webhooks/'),
    },
    checks: { ...checks, 'ticket-app': () => dependencies.ticketing.check() },
    api: {
      title: 'Kursi client-app',
      description: 'What buyers use: accounts, events, bookings and queues.',
      schemas: {
        User: UserView,
        Tokens: TokensView,
        Session: SessionView,
        Event: EventView,
        Seat: SeatView,
        Booking: BookingView,
        BookingInList: BookingInListView,
        WaitlistEntry: EntryView,
        WaitlistEntryInList: EntryInListView,
      },
    },
    routes: [
      sessionRoutes(dependencies),
      userRoutes(dependencies),
      eventRoutes(dependencies),
      seatMapRoutes(dependencies),
      bookingRoutes(dependencies),
      waitlistRoutes(dependencies),
      webhookRoutes(dependencies),
      operationRoutes(dependencies),
    ],
  });
}
