import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import type Koa from 'koa';
import { after, before, describe, it } from 'mocha';
import { Registry } from 'prom-client';
import { bookingReasons } from '../../lib/http/reason-problems.ts';
import { type Served, serve } from '../../lib/http/serve.ts';
import { createLogger } from '../../lib/logging/logger.ts';
import { temporalClient } from '../../temporal/connection.ts';
import { useDatabase } from '../../test/database.ts';
import { temporalAddress } from '../../test/engines.ts';
import {
  type ApiDocument,
  apiDocumentAt,
  checkApiDocument,
  checkTellsAllRoutes,
  codesOf,
  operationsOf,
} from '../../test/openapi.ts';
import { createTicketApp } from './app.ts';
import { createBookings } from './bookings.ts';
import { createStartEventCancellation } from './commands/start-event-cancellation.ts';
import { createOperations } from './operations.ts';
import { keysOfClientApp } from './routes/access.ts';
import { createWaitlist } from './waitlist.ts';

/** Nobody is called: only what the routes say of themselves is looked at. */
const nowhere = 'http://127.0.0.1:9';
const secret = 'a-secret-of-these-tests';

describe("ticket-app's API page", () => {
  const database = useDatabase('ticket-app');
  const temporal = temporalClient({ TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: 'default' });
  let app: Koa;
  let served: Served;
  let document: ApiDocument;
  let close: () => void;

  before(async () => {
    const log = createLogger('ticket-app', 'fatal');
    const { publicKey } = generateKeyPairSync('ed25519');
    const metrics = new Registry();
    const parts = {
      connection: database(),
      temporal,
      log,
      serviceSecrets: [secret],
      adminKeys: keysOfClientApp(`${nowhere}/keys`),
      paymentAppUrl: nowhere,
      paymentAppSecret: secret,
      clientAppWebhookUrl: nowhere,
      ticketingWebhookSecret: secret,
    };
    const waitlist = createWaitlist(parts);
    const bookings = createBookings({
      ...parts,
      paymentWebhookSecrets: [secret],
      ticketKeys: [publicKey],
      deliverWaitlistNews: waitlist.deliverNews,
      bookingsInFlight: 1,
    });
    ({ app, close } = createTicketApp({
      ...parts,
      checks: {},
      metrics,
      startCancellation: createStartEventCancellation({ temporal, log }),
      wakeWaitlist: waitlist.wake,
      operations: createOperations({ ...parts, metrics }),
      routes: [bookings.routes, waitlist.routes],
    }));
    served = await serve(app, '127.0.0.1', 0);
    document = await apiDocumentAt(served.url);
  });
  after(async () => {
    close?.();
    await served?.close();
    await temporal.connection.close();
  });

  const operation = (name: string) => {
    const found = operationsOf(document).find(([other]) => other === name)?.[1];
    if (!found) throw new Error(`There is no ${name}.`);
    return found;
  };

  it('is valid, and its examples fit', async function () {
    this.timeout(60_000);
    await checkApiDocument(document);
  });

  it('tells every route, and no other', () => checkTellsAllRoutes(app, document));

  it('names what organizers and client-app work with', () => {
    const names = ['Event', 'SeatToKeeper', 'Booking', 'BookingOfBuyer', 'WaitlistEntry', 'PaymentWebhook'];
    expect(document.components.schemas).to.include.keys(names);
    const written = JSON.stringify(document.paths);
    for (const name of names) expect(written, name).to.include(`"#/components/schemas/${name}"`);
  });

  it('tells every end of a booking by its code', () => {
    expect(codesOf(operation('POST /bookings'))).to.include.members([...bookingReasons]);
  });

  it('tells of each route for people that they may be unknown, not allowed, or not to be told from others now', () => {
    const forPeople = operationsOf(document).filter(([, { security = [] }]) =>
      security.some((scheme) => 'accessToken' in scheme),
    );
    expect(forPeople).to.have.length.above(15);
    for (const [name, told] of forPeople) {
      expect(codesOf(told), name).to.include.members(['unauthenticated', 'forbidden', 'keys_unavailable']);
    }
  });

  it('tells how a webhook is signed, and what a forged one is answered', () => {
    const webhook = operation('POST /webhooks/payments');
    expect(webhook.security).to.deep.equal([{ webhookSignature: [] }]);
    expect(codesOf(webhook)).to.include('webhook_forged');
    expect(webhook.requestBody?.content['application/json']?.schema).to.deep.equal({
      $ref: '#/components/schemas/PaymentWebhook',
    });
  });

  it('tells what is not JSON by its type: seats as CSV, changes as a stream, tickets as PDF', () => {
    const types = (content: object | undefined) => Object.keys(content ?? {});
    const importing = operation('POST /events/{eventId}/seats/import');
    expect(types(importing.requestBody?.content)).to.deep.equal(['text/csv']);
    expect(codesOf(importing)).to.include.members(['csv_invalid', 'seat_exists', 'upload_broken', 'body_too_large']);
    const answerOf = (name: string) => operation(name).responses['200']?.content;
    expect(types(answerOf('GET /events/{eventId}/seats/changes'))).to.deep.equal(['text/event-stream']);
    expect(types(answerOf('GET /bookings/{bookingId}/ticket.pdf'))).to.deep.equal(['application/pdf']);
  });
});
