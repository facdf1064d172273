// docs/security.md, "Changing a secret": every kind of secret at once, by its steps, while people go on buying.
import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import type { BookingView } from '../../lib/contracts/booking.ts';
import { ticketNumber } from '../../lib/contracts/booking-number.ts';
import { newId } from '../../lib/ids.ts';
import { signWebhook } from '../../lib/webhooks/signature.ts';
import { signTicketToken } from '../../services/ticket-app/tickets/ticket-token.ts';
import { system } from '../engines.ts';
import { checkIn, codeOf, confirmed } from './cancellation-stage.ts';
import { closeDatabases } from './databases.ts';
import { anEvent, booked, call, type Person, pay, person, untilStatus } from './stage.ts';

const processes = ['client-app', 'ticket-app', 'payment-app', 'ticketing-worker'] as const;
type Process = (typeof processes)[number];

const kinds = [
  'PAYMENT_WEBHOOK_SECRETS',
  'TICKETING_WEBHOOK_SECRETS',
  'TICKET_APP_SERVICE_SECRETS',
  'PAYMENT_APP_SERVICE_SECRETS',
] as const;
type Kind = (typeof kinds)[number];

/** Who lets in by a secret; all others send or sign by it. */
const receiver: Record<Kind, Process> = {
  PAYMENT_WEBHOOK_SECRETS: 'ticket-app',
  TICKETING_WEBHOOK_SECRETS: 'client-app',
  TICKET_APP_SERVICE_SECRETS: 'ticket-app',
  PAYMENT_APP_SERVICE_SECRETS: 'payment-app',
};

const urlOf = (name: Process) => {
  const { urls, ports } = system();
  const at = { 'client-app': urls.clientApp, 'ticket-app': urls.ticketApp, 'payment-app': urls.paymentApp };
  return name === 'ticketing-worker' ? `http://127.0.0.1:${ports[name]}` : at[name];
};

/** Requests that a process has answered with 401 since it started. */
async function refusedBy(name: Process): Promise<number> {
  const text = await (await fetch(`${urlOf(name)}/metrics`)).text();
  const lines = text.split('\n').filter((line) => /^http_request_duration_seconds_count\{.*status="401"/.test(line));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const refused = async () =>
  Object.fromEntries(await Promise.all(processes.map(async (name) => [name, await refusedBy(name)] as const)));

describe('changing every secret while the system runs', function () {
  // Three restarts of nearly all, on machines that do other things.
  this.timeout(480_000);
  const pair = generateKeyPairSync('ed25519');
  const ticketKey = {
    private: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    public: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
  const made = (kind: Kind) =>
    kind.includes('WEBHOOK') ? `whsec_${randomBytes(24).toString('base64')}` : randomBytes(24).toString('base64url');
  const next = Object.fromEntries(kinds.map((kind) => [kind, made(kind)])) as Record<Kind, string>;
  const old = (name: string) => system().env[name] ?? '';

  let eventId: string;
  let buyer: Person;
  /** Refused calls, of other tests, that each process has counted since it started. */
  let counted: Record<string, number>;
  before(async () => {
    eventId = await anEvent({ seats: 8 });
    buyer = await person();
  });
  after(async () => {
    await Promise.all(processes.map((name) => system().restart(name)));
    await closeDatabases();
  });

  /** Restarts some with the lists of `listOf`, one beside the other; what is bought meanwhile is confirmed afterwards. */
  async function step(
    seatIds: [string, string],
    changed: readonly Process[],
    listOf: (kind: Kind, name: Process) => string[],
    keys: Record<string, string>,
  ): Promise<BookingView> {
    const meanwhile = await booked(buyer, eventId, [seatIds[0]]);
    await pay(meanwhile.paymentUrl, 'test_slow_success', { delayMs: 2_000 });
    expect(await refused(), 'before').to.deep.equal(counted);
    const envOf = (name: Process) => Object.fromEntries(kinds.map((kind) => [kind, listOf(kind, name).join(',')]));
    await Promise.all(changed.map((name) => system().restart(name, { ...envOf(name), ...keys })));
    for (const name of changed) counted[name] = 0;
    const booking = await confirmed(buyer, eventId, [seatIds[1]]);
    await untilStatus(buyer, meanwhile.bookingId, 'CONFIRMED', 60_000);
    expect(await refused(), 'afterwards').to.deep.equal(counted);
    return booking;
  }

  it('refuses no call and loses no ticket', async () => {
    counted = await refused();
    const before = await confirmed(buyer, eventId, ['A-1-1']);
    const bothKeys = {
      TICKET_SIGNING_PUBLIC_KEY: ticketKey.public,
      TICKET_SIGNING_PREVIOUS_PUBLIC_KEYS: old('TICKET_SIGNING_PUBLIC_KEY'),
    };
    // 1. Those who are called take the new one too.
    const called: Process[] = ['client-app', 'ticket-app', 'payment-app'];
    const takeBoth = (kind: Kind, name: Process) => (receiver[kind] === name ? [old(kind), next[kind]] : [old(kind)]);
    await step(['A-1-2', 'A-1-3'], called, takeBoth, bothKeys);
    // 2. Those who call send and sign by the new one.
    const newKeys = { ...bothKeys, TICKET_SIGNING_PRIVATE_KEY: ticketKey.private };
    await step(['A-1-4', 'A-1-5'], processes, (kind) => [next[kind], old(kind)], newKeys);
    // 3. Those who are called forget the old one, but for the public half of the ticket key.
    const booking = await step(['A-1-6', 'A-1-7'], called, (kind) => [next[kind]], newKeys);

    expect((await checkIn(await codeOf(before))).status).to.equal(200);
    const code = await signTicketToken(
      {
        ticketNumber: ticketNumber(booking.bookingId, 0),
        bookingId: booking.bookingId,
        eventId,
        seatId: 'A-1-7',
        validFrom: new Date(Date.now() - 60_000),
        validUntil: new Date(Date.now() + 60_000),
      },
      createPrivateKey(ticketKey.private),
    );
    expect((await checkIn(code)).status).to.equal(200);
    const { body } = await call<{ keys: unknown[] }>(`${system().urls.ticketApp}/.well-known/jwks.json`);
    expect(body.keys).to.have.length(2);
  });

  it('leaves the old ones good for nothing', async () => {
    const { urls } = system();
    const message = '{}';
    const webhook = (url: string, secret: string) =>
      call(url, { headers: signWebhook(secret, newId(), message), body: message });
    const tries: Record<Kind, (secret: string) => Promise<{ status: number }>> = {
      PAYMENT_WEBHOOK_SECRETS: (secret) => webhook(`${urls.ticketApp}/webhooks/payments`, secret),
      TICKETING_WEBHOOK_SECRETS: (secret) => webhook(`${urls.clientApp}/webhooks/ticketing`, secret),
      TICKET_APP_SERVICE_SECRETS: (token) => call(`${urls.ticketApp}/bookings/${newId()}`, { token }),
      PAYMENT_APP_SERVICE_SECRETS: (token) => call(`${urls.paymentApp}/bookings/${newId()}/invoice`, { token }),
    };
    for (const kind of kinds) {
      expect((await tries[kind](old(kind))).status, `${kind}, old`).to.equal(401);
      expect((await tries[kind](next[kind])).status, `${kind}, new`).to.be.oneOf([400, 404]);
    }
    // The counts that the test above relies on do count.
    const wanted = { 'client-app': 1, 'ticket-app': 2, 'payment-app': 1 };
    const { 'ticketing-worker': _, ...counts } = await refused();
    expect(counts).to.deep.equal(wanted);
  });
});
