// The booking workflow with everything it works on, in one process: a real worker on a real Temporal server, the real
// activities, a real database, payment app and organizer. A test may come between the workflow and one of its steps, as a
// network or a slow machine does: lose an answer, hold it back, let it come late.
import { generateKeyPairSync } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { after, before, beforeEach } from 'mocha';
import { newId } from '../../lib/ids.ts';
import { createLogger } from '../../lib/logging/logger.ts';
import { createBookingLedger } from '../../services/ticket-app/models/booking-ledger.ts';
import { type Event, eventModel } from '../../services/ticket-app/models/event.ts';
import { createSeatLedger } from '../../services/ticket-app/models/seat-ledger.ts';
import { createTicketRecords } from '../../services/ticket-app/models/ticket-records.ts';
import { createUnsettledBookings } from '../../services/ticket-app/models/unsettled-bookings.ts';
import { temporalClient } from '../../temporal/connection.ts';
import { createActivities } from '../../temporal/workers/activities.ts';
import { readWorkerConfig } from '../../temporal/workers/config.ts';
import { workflowsPath } from '../../temporal/workers/worker.ts';
import { bookingWorkflowId, bookingWorkflowType } from '../../workflows/booking/booking.messages.ts';
import { useDatabase } from '../database.ts';
import { temporalAddress } from '../engines.ts';
import { someEvent } from '../factories/events.ts';
import { someSeats } from '../factories/seats.ts';
import { credentialsX, type OrganizerSystemUnderTest, startOrganizerSystem } from '../organizer-system.ts';
import { waitUntil } from '../wait-until.ts';
import { serviceSecret, startTestPaymentApp, type TestPaymentApp } from './payment-app.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

/** Comes between the workflow and one step: `real` does the step. */
export type Between = (real: () => Promise<unknown>) => Promise<unknown>;

/** The step is done, and its answer never comes. */
export const answerLost: Between = async (real) => {
  await real();
  throw ApplicationFailure.nonRetryable('The answer was lost.');
};

interface Wish {
  holdSeconds?: number;
  startBefore?: number;
  bookingId?: string;
  waitlistEntryId?: string;
}

const clientAppSecret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const { privateKey } = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
  publicKeyEncoding: { format: 'pem', type: 'spki' },
});

/** Starts it before the tests of a `describe`, and stops it after them. */
export function useBookingRig() {
  const database = useDatabase('ticket-app');
  const client = temporalClient({ TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: 'default' });
  const taskQueue = `booking-rig-${newId()}`;
  const stops: Array<() => Promise<unknown>> = [];
  const rig = {
    client,
    taskQueue,
    /** The steps that were asked for, in their order. */
    asked: [] as string[],
    /** By step: what comes between. */
    between: {} as Record<string, Between>,
    parts: undefined as unknown as {
      paymentApp: TestPaymentApp;
      organizer: OrganizerSystemUnderTest;
      clientApp: Awaited<ReturnType<typeof startWebhookReceiver>>;
    },
    bookings: () => createBookingLedger(database()),
    unsettled: () => createUnsettledBookings(database()),
    seats: () => createSeatLedger(database()),
    tickets: () => createTicketRecords(database()),

    /** An event with one seat, and a booking of it; with `waitlistEntryId` the seat is offered to it. */
    async start(wish: Wish = {}) {
      const { holdSeconds = 60, startBefore = Date.now() + 10_000, bookingId = newId(), waitlistEntryId } = wish;
      const eventId = newId();
      const event = someEvent({
        organizerEventRef: `ref-${eventId}`,
        holdSeconds,
        offerSeconds: holdSeconds,
        status: 'published',
      });
      const more = {
        cityKey: 'jakarta',
        titleKey: 'orkes kebun',
        imports: 0,
        createdFrom: 'rig',
        version: 0,
        createdAt: new Date(),
      };
      await eventModel(database()).create({ _id: eventId, ...event, ...more } as unknown as Event);
      await rig.seats().add(eventId, someSeats(1));
      const customerId = newId();
      const input = {
        bookingId,
        customerId,
        eventId,
        seatIds: ['A-1-1'],
        startBefore,
        ...(waitlistEntryId && { waitlistEntryId }),
      };
      if (waitlistEntryId) {
        const claimBefore = new Date(Date.now() + 60_000);
        await rig.seats().claim({ eventId, seatId: 'A-1-1', bookingId, customerId, claimBefore });
      }
      const workflowId = bookingWorkflowId(bookingId);
      const handle = await client.workflow.start(bookingWorkflowType, { taskQueue, workflowId, args: [input] });
      return { ...input, handle };
    },

    /** Pays by the payment app's JSON call. Its webhooks reach nobody: whatever the booking hears, the test has said. */
    async pay(bookingId: string, method: string, delayMs?: number) {
      const { paymentUrl } = await waitUntil(
        'the invoice',
        async () => (await rig.bookings().find(bookingId))?.invoice,
      );
      const path = `/payments/${paymentUrl.split('/').at(-1)}`;
      await rig.parts.paymentApp.http.post(path, { method, ...(delayMs !== undefined && { delayMs }) });
    },
    untilAsked: (step: string) => waitUntil(step, async () => rig.asked.includes(step)),
    timesAsked: (step: string) => rig.asked.filter((name) => name === step).length,
  };

  before(async function () {
    this.timeout(60_000);
    const logger = new DefaultLogger('ERROR');
    // Steps fail here on purpose, and the worker would tell each time.
    Runtime.install({ logger, telemetryOptions: { logging: { filter: 'off' } } });
    const paymentApp = await startTestPaymentApp('rig-payments');
    const organizer = await startOrganizerSystem(credentialsX);
    const clientApp = await startWebhookReceiver([clientAppSecret]);
    rig.parts = { paymentApp, organizer, clientApp };
    const config = readWorkerConfig({
      TICKET_APP_MONGODB_URI: 'mongodb://127.0.0.1/the-connection-is-given',
      ORGANIZER_X_URL: organizer.url,
      ORGANIZER_X_API_KEY: credentialsX.apiKey,
      ORGANIZER_Y_URL: organizer.url,
      ORGANIZER_Y_KEY_ID: 'not-used',
      ORGANIZER_Y_SECRET: 'not-used-by-these-tests',
      PAYMENT_APP_URL: paymentApp.url,
      PAYMENT_APP_SERVICE_SECRETS: serviceSecret,
      CLIENT_APP_WEBHOOK_URL: clientApp.url,
      TICKETING_WEBHOOK_SECRETS: clientAppSecret,
      TICKET_SIGNING_PRIVATE_KEY: privateKey,
    });
    const steps = Object.entries(createActivities(database(), config, client, createLogger('rig', 'silent'))).map(
      ([name, step]) => {
        const real = step as (...given: unknown[]) => Promise<unknown>;
        const watched = async (...given: unknown[]) => {
          rig.asked.push(name);
          const between = rig.between[name];
          return between ? between(() => real(...given)) : real(...given);
        };
        return [name, watched] as const;
      },
    );
    const connection = await NativeConnection.connect({ address: temporalAddress() });
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
    const worker = await Worker.create({
      connection,
      taskQueue,
      workflowBundle,
      activities: Object.fromEntries(steps),
    });
    const running = worker.run();
    stops.push(
      async () => {
        worker.shutdown();
        await running;
      },
      () => connection.close(),
      () => client.connection.close(),
      () => clientApp.close(),
      () => organizer.close(),
      () => paymentApp.stop(),
    );
  });
  beforeEach(() => {
    rig.asked = [];
    rig.between = {};
  });
  after(async function () {
    this.timeout(30_000);
    for (const stop of stops) await stop();
  });
  return rig;
}
