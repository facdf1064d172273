import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { after, afterEach, before, describe, it } from 'mocha';
import type { BookingView } from '../../lib/contracts/booking.ts';
import { newId } from '../../lib/ids.ts';
import { call } from '../../test/e2e/stage.ts';
import { temporalAddress, testMongoUri } from '../../test/engines.ts';
import { someSeats } from '../../test/factories/seats.ts';
import { BuiltSystem } from '../../test/support/built-system.ts';
import { waitUntil } from '../../test/wait-until.ts';

const password = 'a-long-enough-Phrase-7';
const inDays = (days: number) => new Date(Date.now() + days * 24 * 3_600_000).toISOString();

/** What the images do, without an engine for containers: docs/containers.md says what that leaves untested. */
describe('the built services, by the commands of Dockerfile and docker-compose.yml', function () {
  // Half a minute on an idle machine, of which most is the build and the starts.
  this.timeout(300_000);
  let built: BuiltSystem;
  let clientApp: string;
  let ticketApp: string;
  let paymentApp: string;

  before(async () => {
    const names = ['client_app', 'ticket_app', 'payment_app', 'organizer_x', 'organizer_y'];
    built = new BuiltSystem({
      databases: Object.fromEntries(names.map((name) => [`${name}_mongodb_uri`, testMongoUri(`built_${name}`)])),
      temporal: {
        address: temporalAddress(),
        namespace: `built-${randomBytes(4).toString('hex')}`,
      },
      environment: { ORGANIZER_FAILURE_RATE: '0', PAYMENT_DECLINE_RATE: '0', LOG_LEVEL: 'warn' },
    });
    await built.build();
    await built.start();
    [clientApp, ticketApp, paymentApp] = await Promise.all([
      built.url('client-app'),
      built.url('ticket-app'),
      built.url('payment-app'),
    ]);
  });
  afterEach(function () {
    if (this.currentTest?.state === 'failed') console.log(built.output);
  });
  after(() => built.remove());

  async function signIn(email: string): Promise<string> {
    const { status, body } = await call<{ accessToken: string }>(`${clientApp}/sessions`, {
      body: { email, password },
    });
    expect(status, JSON.stringify(body)).to.equal(201);
    return body.accessToken;
  }
  async function account(name: string): Promise<string> {
    const email = `${newId()}@example.org`;
    const { status, body } = await call(`${clientApp}/users`, { body: { name, email, password } });
    expect(status, JSON.stringify(body)).to.equal(201);
    return email;
  }

  it('hold no sample data', async () => {
    const { body } = await call<{ events: unknown[] }>(`${clientApp}/events`);
    expect(body.events).to.deep.equal([]);
    const sample = { email: 'admin@example.com', password: 'kursi-demo-2026' };
    expect((await call(`${clientApp}/sessions`, { body: sample })).status).to.equal(401);
  });

  it('sell a seat, from the first account to the ticket', async () => {
    const admin = await account('Sri Wahyuni');
    await built.run('migrate-client-app', ['node', 'dist/scripts/first-admin.js', admin]);
    const token = await signIn(admin);
    const eventId = `built-${newId()}`;
    const event = {
      eventId,
      title: 'Malam Gamelan',
      description: 'A test event.',
      venue: 'Teater Jakarta',
      city: 'Jakarta',
      organizerName: 'Karya Budaya',
      organizer: 'x',
      organizerEventRef: `ref-${eventId}`,
      startsAt: inDays(10),
      endsAt: inDays(11),
      salesStartAt: inDays(-1),
      salesEndAt: inDays(9),
    };
    for (const [path, body] of [
      ['/events', event],
      [`/events/${eventId}/seats`, { seats: someSeats(2) }],
      [`/events/${eventId}/publish`, {}],
    ] as const) {
      const { status, body: answer } = await call(`${ticketApp}${path}`, { token, body });
      expect(status, `${path} ${JSON.stringify(answer)}`).to.be.below(300);
    }

    const buyer = await signIn(await account('Ayu Lestari'));
    const { status, body: booking } = await call<BookingView & { paymentUrl: string }>(`${clientApp}/bookings`, {
      token: buyer,
      headers: { 'idempotency-key': newId() },
      body: { eventId, seatIds: ['A-1-1'] },
    });
    expect(status, JSON.stringify(booking)).to.equal(201);
    expect(booking.paymentUrl.startsWith(`${paymentApp}/`), booking.paymentUrl).to.equal(true);
    const page = await fetch(booking.paymentUrl);
    expect([page.status, (await page.text()).includes('test_success')]).to.deep.equal([200, false]);

    const payment = `${paymentApp}/payments/${booking.paymentUrl.split('/').at(-1)}`;
    expect((await call(payment, { body: { method: 'test_success' } })).status).to.equal(400);
    expect((await call(payment, { body: { method: 'card' } })).status).to.equal(202);
    const ticket = await waitUntil(
      'the ticket',
      async () => {
        const answer = await fetch(`${clientApp}/bookings/${booking.bookingId}/ticket.pdf`, {
          headers: { authorization: `Bearer ${buyer}` },
        });
        return answer.ok && Buffer.from(await answer.arrayBuffer());
      },
      60_000,
    );
    expect(ticket.subarray(0, 5).toString()).to.equal('%PDF-');
  });

  it('tell an operator that they are selling', () => built.run('kursi', ['status']));

  it('load no sample data when they are told to', async () => {
    const seeding = built.run('migrate-client-app', ['node', 'dist/scripts/database.js', 'seed', 'client-app']);
    const error = await seeding.then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).to.include('sample data are not for production');
  });

  it('end with 0 at their stop signal, all seven processes', async () => {
    const codes = await built.stop();
    expect(Object.keys(codes)).to.have.length(7);
    expect(new Set(Object.values(codes)), JSON.stringify(codes)).to.deep.equal(new Set([0]));
  });
});
