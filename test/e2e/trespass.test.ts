// Who may call what: every protected route, by everybody who may not; and what belongs to another.
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import { decodeProtectedHeader, SignJWT } from 'jose';
import { after, before, describe, it } from 'mocha';
import { audience, issuer } from '../../lib/auth/access-token.ts';
import { newId } from '../../lib/ids.ts';
import { system } from '../engines.ts';
import { rawRequest } from '../support/raw-request.ts';
import { waitUntil } from '../wait-until.ts';
import { type Callers, callers, type Route, routes } from './bad-input.routes.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { anEvent, booked, bookingOf, call, pay, seatsOf, untilStatus } from './stage.ts';

let who: Callers;

/** An access token of this person that is good but for what is said. */
async function tokenOf(
  userId: string,
  role: string,
  spoilt: { key?: KeyObject; aud?: string; iss?: string; exp?: string },
) {
  const key = createPrivateKey(system().env.CLIENT_APP_JWT_PRIVATE_KEY ?? '');
  const { kid = '' } = decodeProtectedHeader(who.admin.token);
  return new SignJWT({ role })
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'JWT' })
    .setIssuer(spoilt.iss ?? issuer)
    .setAudience(spoilt.aud ?? audience)
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime(spoilt.exp ?? '1h')
    .sign(spoilt.key ?? key);
}

/** Every way of pretending to be an admin that is not one. */
async function forgeries(): Promise<Record<string, string | undefined>> {
  const { userId, token } = who.admin;
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const [header = '', payload = '', signature = ''] = token.split('.');
  const { kid } = decodeProtectedHeader(token);
  const publicPem = createPublicKey(system().env.CLIENT_APP_JWT_PRIVATE_KEY ?? '').export({
    type: 'spki',
    format: 'pem',
  });
  const confused = `${encode({ alg: 'HS256', typ: 'JWT', kid })}.${payload}`;
  const mac = createHmac('sha256', publicPem).update(confused).digest('base64url');
  const bearer = (text: string) => `Bearer ${text}`;
  return {
    'no token': undefined,
    'an empty token': 'Bearer ',
    rubbish: bearer('x.y.z'),
    'an operator': bearer('{"$ne":null}'),
    'a password': `Basic ${Buffer.from('admin:admin').toString('base64')}`,
    'alg none': bearer(`${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`),
    'no signature': bearer(`${header}.${payload}.`),
    'the signature of something else': bearer(
      `${header}.${encode({ sub: userId, role: 'admin', iss: issuer, aud: audience })}.${signature}`,
    ),
    'the public key as a secret': bearer(`${confused}.${mac}`),
    'a key of my own': bearer(await tokenOf(userId, 'admin', { key: generateKeyPairSync('ed25519').privateKey })),
    'an expired token': bearer(await tokenOf(userId, 'admin', { exp: '-1m' })),
    'a token of another issuer': bearer(await tokenOf(userId, 'admin', { iss: 'somebody' })),
    'a token for another audience': bearer(await tokenOf(userId, 'admin', { aud: 'somebody' })),
  };
}

const guarded = routes.filter(({ as }) => as !== 'anyone');

async function knock({ app, method, path, body }: Route, headers: Record<string, string>) {
  const answer = await rawRequest(system().urls[app], {
    method,
    path: path.replaceAll(/:\w+/g, 'no-such-thing').replace('/invoices/no-such-thing', '/invoices/INV-0000'),
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const told = answer.text.startsWith('{') ? JSON.parse(answer.text) : {};
  return { status: answer.status, code: told.code ?? told.fault?.code };
}

describe('trespassers', function () {
  this.timeout(60_000);
  before(async () => {
    who = await callers();
  });
  after(closeDatabases);

  for (const route of guarded) {
    it(`${route.app}: ${route.method} ${route.path} lets no forged credential in`, async () => {
      for (const [what, authorization] of Object.entries(await forgeries())) {
        const { status, code } = await knock(route, authorization === undefined ? {} : { authorization });
        expect(status, what).to.equal(401);
        expect(code, what).to.be.oneOf(['unauthenticated', 'webhook_forged', 'invalid_api_key', 'BAD_SIGNATURE']);
      }
    });
  }

  for (const route of guarded.filter(({ as }) => as === 'admin')) {
    it(`${route.app}: ${route.method} ${route.path} is not for buyers`, async () => {
      const { status, code } = await knock(route, { authorization: `Bearer ${who.buyer.token}` });
      expect({ status, code }).to.deep.equal({ status: 403, code: 'forbidden' });
    });
  }

  for (const route of guarded.filter(({ as }) => as === 'service' || as === 'signed')) {
    it(`${route.app}: ${route.method} ${route.path} is for services, not even for admins`, async () => {
      const { status } = await knock(route, { authorization: `Bearer ${who.admin.token}` });
      expect(status).to.equal(401);
    });
  }

  it('a service changes no events and seats', async () => {
    const authorization = `Bearer ${system().env.TICKET_APP_SERVICE_SECRETS}`;
    for (const route of guarded.filter(
      ({ app, as, method, path }) =>
        app === 'ticketApp' && as === 'admin' && method !== 'GET' && path.startsWith('/events'),
    )) {
      expect(await knock(route, { authorization }), route.path).to.deep.equal({ status: 403, code: 'forbidden' });
    }
  });

  it('the secret of one service opens no other', async () => {
    const { TICKET_APP_SERVICE_SECRETS, PAYMENT_APP_SERVICE_SECRETS } = system().env;
    for (const route of guarded.filter(({ as, app }) => as === 'service' && app !== 'organizerX')) {
      const wrong = route.app === 'ticketApp' ? PAYMENT_APP_SERVICE_SECRETS : TICKET_APP_SERVICE_SECRETS;
      expect((await knock(route, { authorization: `Bearer ${wrong}` })).status, route.path).to.equal(401);
    }
  });
});

describe('what belongs to another', function () {
  this.timeout(60_000);
  let bookings: {
    paid: Awaited<ReturnType<typeof booked>>;
    unpaid: Awaited<ReturnType<typeof booked>>;
    eventId: string;
  };
  const clientApp = (path: string, more: Parameters<typeof call>[1] = {}) =>
    call(`${system().urls.clientApp}${path}`, { token: who.buyer.token, ...more });
  let owner: Callers['buyer'];

  before(async () => {
    who = await callers();
    owner = (await callers()).buyer;
    const eventId = await anEvent();
    const paid = await booked(owner, eventId, ['A-1-1']);
    const unpaid = await booked(owner, eventId, ['A-1-2']);
    await pay(paid.paymentUrl, 'test_success');
    await untilStatus(owner, paid.bookingId, 'CONFIRMED');
    await waitUntil('the ticket', async () => {
      const { status } = await clientApp(`/bookings/${paid.bookingId}/ticket.pdf`, { token: owner.token });
      return status === 200;
    });
    bookings = { paid, unpaid, eventId };
  });
  after(closeDatabases);

  it('a booking and its PDF do not exist, and cannot be cancelled', async () => {
    for (const { bookingId } of [bookings.paid, bookings.unpaid]) {
      for (const answer of [
        await clientApp(`/bookings/${bookingId}`),
        await clientApp(`/bookings/${bookingId}/ticket.pdf`),
        await clientApp(`/bookings/${bookingId}/cancel`, { body: {} }),
      ]) {
        expect([answer.status, answer.body.code]).to.deep.equal([404, 'booking_not_found']);
      }
    }
    expect((await bookingOf(owner, bookings.unpaid.bookingId)).body.status).to.equal('AWAITING_PAYMENT');
    expect((await seatsOf(bookings.eventId))['A-1-2']?.status).to.equal('ON_GOING');
  });

  it('a history is refused, an account does not exist', async () => {
    const listed = await clientApp(`/bookings?customerId=${owner.userId}`);
    expect([listed.status, listed.body.code]).to.deep.equal([403, 'forbidden']);
    expect((await clientApp('/bookings')).body.bookings).to.deep.equal([]);
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const body = method === 'PATCH' ? { name: 'Mine now' } : undefined;
      const answer = await clientApp(`/users/${owner.userId}`, { method, body });
      expect([method, answer.status, answer.body.code]).to.deep.equal([method, 404, 'user_not_found']);
    }
    const me = { method: 'PATCH', body: { role: 'admin' } };
    const promoted = await clientApp(`/users/${who.buyer.userId}`, me);
    expect([promoted.status, promoted.body.field]).to.deep.equal([403, 'body.role']);
  });

  it('an invoice is not read or paid without its token, nor with the token of another invoice', async () => {
    const { paymentApp } = system().urls;
    const { invoiceNumber } = bookings.unpaid;
    const otherToken = bookings.paid.paymentUrl.split('/').at(-1);
    for (const [query, status] of [
      ['', 401],
      ['?token=guessed', 404],
      [`?token=${otherToken}`, 404],
    ] as const) {
      expect((await call(`${paymentApp}/invoices/${invoiceNumber}${query}`)).status, query).to.equal(status);
    }
    for (const token of [invoiceNumber, bookings.unpaid.bookingId, 'guessed', '%7B%22$ne%22:null%7D']) {
      const paid = await call(`${paymentApp}/payments/${token}`, { body: { method: 'test_success' } });
      expect([paid.status, paid.body.code]).to.deep.equal([404, 'invoice_not_found']);
      const page = await call(`${paymentApp}/pay/${token}`);
      expect(page.status).to.equal(404);
    }
    const invoice = await (await databaseOf('payment-app')).collection('invoices').findOne({ invoiceNumber });
    expect(invoice?.attempts).to.deep.equal([]);
  });

  it('a token outlives its account by nothing', async () => {
    const { buyer } = await callers();
    const gone = await clientApp(`/users/${buyer.userId}`, { method: 'DELETE', token: buyer.token });
    expect(gone.status).to.equal(204);
    const seats = { eventId: bookings.eventId, seatIds: ['A-1-3'] };
    const headers = { 'idempotency-key': newId() };
    expect((await clientApp('/bookings', { token: buyer.token, body: seats, headers })).status).to.equal(401);
    expect((await seatsOf(bookings.eventId))['A-1-3']?.status).to.equal('OPEN');
  });
});
