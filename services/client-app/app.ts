import type Koa from 'koa';
import { createApp } from '../../lib/http/app.ts';
import type { HealthChecks } from '../../lib/http/health.ts';
import type { Dependencies } from './dependencies.ts';
import { SessionView } from './presenters/session.ts';
import { UserView } from './presenters/user.ts';
import { bookingRoutes } from './routes/bookings.ts';
import { eventRoutes } from './routes/events.ts';
import { userRoutes } from './routes/users.ts';
import { waitlistRoutes } from './routes/waitlist-entries.ts';
import { webhookRoutes } from './routes/webhooks.ts';

/** client-app without its port. `checks` is what `/readyz` asks beside ticket-app. */
export function createClientApp(dependencies: Dependencies, checks: HealthChecks): Koa {
  return createApp({
    name: 'client-app',
    log: dependencies.log,
    checks: { ...checks, 'ticket-app': () => dependencies.ticketing.check() },
    api: {
      title: 'Kursi client-app',
      description: 'What buyers use: accounts, events, bookings and queues.',
      schemas: { User: UserView, Session: SessionView },
    },
    routes: [userRoutes(dependencies)],
    routers: [
      eventRoutes(dependencies),
      bookingRoutes(dependencies),
      waitlistRoutes(dependencies),
      webhookRoutes(dependencies),
    ],
  });
}
