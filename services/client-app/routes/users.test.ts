import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { createRemoteJWKSet, decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import { after, before, describe, it } from 'mocha';
import { audience, issuer, verifyAccessToken } from '../../../lib/auth/access-token.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, type Person, password, startClientApp } from '../../../test/client-app.ts';
import { bookingView } from '../../../test/ticketing-stand-in.ts';

describe('users and sessions', () => {
  let app: ClientAppUnderTest;
  let buyer: Person;
  let admin: Person;

  before(async () => {
    app = await startClientApp('users');
    buyer = await app.person();
    admin = await app.person('admin');
  });
  after(() => app.close());

  const newcomer = () => ({ name: 'Ratna Sari', email: `Ratna-${newId()}@Example.com`, password: 'sepuluh-huruf' });
  const signIn = (email: string, given = password) => app.http.post('/sessions', { email, password: given });
  const whoAmI = (token: string) => app.http.get('/users/me', { headers: { Authorization: `Bearer ${token}` } });

  it('registers a buyer, who signs in whatever the case of the address', async () => {
    const person = newcomer();
    const registered = await app.http.post('/users', person);
    expect(registered.status).to.equal(201);
    expect(registered.headers.location).to.equal(`/users/${registered.data.userId}`);
    expect(registered.data).to.include({ name: person.name, email: person.email, role: 'buyer' });
    expect(JSON.stringify(registered.data)).not.to.match(/password|argon2/i);
    const session = await signIn(person.email.toUpperCase(), person.password);
    expect(session.status).to.equal(201);
    expect(session.data).to.include({ tokenType: 'Bearer', expiresIn: 600 });
    expect((await whoAmI(session.data.accessToken)).data.userId).to.equal(registered.data.userId);
  });

  it('refuses an address that is taken, in any case; of 10 at once one gets it', async () => {
    const person = newcomer();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        app.http.post('/users', { ...person, email: i % 2 ? person.email.toLowerCase() : person.email }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).to.have.length(1);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).to.have.length(9);
    expect(refused[0]?.data).to.include({ code: 'email_taken', field: 'body.email' });
  });

  it('stores passwords as argon2id at the cost of OWASP', async () => {
    const stored = await app.connection.collection('users').findOne({ _id: buyer.userId as never });
    expect(stored?.passwordHash).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('tells an unknown address and a wrong password by the same answer', async () => {
    const [unknown, wrong] = await Promise.all([
      signIn(`nobody-${newId()}@example.com`),
      signIn(buyer.email, 'wrong password'),
    ]);
    expect(unknown.status).to.equal(401);
    expect(unknown.data).to.include({ code: 'wrong_credentials' });
    expect(wrong.data).to.deep.equal(unknown.data);
  });

  describe('access tokens', () => {
    const claims = () => ({ role: 'admin', sid: admin.sessionId });
    const signed = (key: Parameters<SignJWT['sign']>[0], change: (jwt: SignJWT) => SignJWT = (jwt) => jwt) =>
      change(
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'EdDSA' })
          .setIssuer(issuer)
          .setAudience(audience)
          .setSubject(admin.userId)
          .setIssuedAt()
          .setExpirationTime('1h'),
      ).sign(key);

    it('are checked by the published keys, which hold nothing private', async () => {
      const { data, headers } = await app.http.get('/.well-known/jwks.json');
      expect(data.keys).to.have.length(1);
      expect(data.keys[0]).to.include({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' });
      expect(data.keys[0]).not.to.have.property('d');
      expect(headers['cache-control']).to.include('max-age');
      const { data: session } = await signIn(buyer.email);
      const keys = createRemoteJWKSet(new URL(`${app.url}/.well-known/jwks.json`));
      expect(await verifyAccessToken(session.accessToken, keys)).to.deep.equal({
        userId: buyer.userId,
        role: 'buyer',
        sessionId: session.sessionId,
      });
      expect(decodeJwt(session.accessToken)).to.have.all.keys('role', 'sid', 'iss', 'aud', 'sub', 'iat', 'exp');
    });

    it('are refused when forged, unsigned, stale, for others, or of nobody: 401', async () => {
      const own = createPrivateKey(app.privateKeyPem);
      expect((await whoAmI(await signed(own))).status).to.equal(200);
      const refused = {
        'another key': await signed(generateKeyPairSync('ed25519').privateKey),
        'alg none': new UnsecuredJWT(claims())
          .setSubject(admin.userId)
          .setIssuer(issuer)
          .setAudience(audience)
          .setExpirationTime('1h')
          .encode(),
        expired: await signed(own, (jwt) => jwt.setExpirationTime('-1s')),
        'another issuer': await signed(own, (jwt) => jwt.setIssuer('somebody')),
        'another audience': await signed(own, (jwt) => jwt.setAudience('somebody')),
        'an account that does not exist': await signed(own, (jwt) => jwt.setSubject(newId())),
        'an account that is not the one of the session': await signed(own, (jwt) => jwt.setSubject(buyer.userId)),
        'not a token': 'abc',
      };
      for (const [name, token] of Object.entries(refused)) {
        const { status, data, headers } = await whoAmI(token);
        expect([status, data.code], name).to.deep.equal([401, 'unauthenticated']);
        expect(headers['www-authenticate']).to.equal('Bearer');
      }
      expect((await app.http.get('/users/me')).status).to.equal(401);
    });

    it('give the role that the account has now, not the one of the token', async () => {
      const was = await app.person('admin');
      expect((await admin.http.patch(`/users/${was.userId}`, { role: 'buyer' })).status).to.equal(200);
      expect((await was.http.get('/users')).status).to.equal(403);
    });
  });

  describe('reading and changing', () => {
    it('lists users to admins, in pages, newest first', async () => {
      const first = await admin.http.get('/users?limit=2');
      expect(first.data.users).to.have.length(2);
      const second = await admin.http.get('/users', { params: { limit: 2, cursor: first.data.nextCursor } });
      const ids = [...first.data.users, ...second.data.users].map((user: { userId: string }) => user.userId);
      expect(new Set(ids).size).to.equal(ids.length);
      const { status, data } = await buyer.http.get('/users');
      expect([status, data.code]).to.deep.equal([403, 'forbidden']);
    });

    it("answers 404 for another's account, to read, change and delete", async () => {
      const other = await app.person();
      const path = `/users/${other.userId}`;
      for (const answer of [
        await buyer.http.get(path),
        await buyer.http.patch(path, { name: 'Mine now' }),
        await buyer.http.delete(path),
      ]) {
        expect([answer.status, answer.data.code]).to.deep.equal([404, 'user_not_found']);
      }
      expect((await admin.http.get(path)).data.name).to.equal('Sari Dewi');
    });

    it('changes the name freely, address and password against the password', async () => {
      const person = await app.person();
      const path = `/users/${person.userId}`;
      expect((await person.http.patch(path, { name: ' Sari Utami ' })).data.name).to.equal('Sari Utami');
      const unproved = await person.http.patch(path, { password: 'another password' });
      expect([unproved.status, unproved.data.code]).to.deep.equal([400, 'current_password_required']);
      const wrong = await person.http.patch(path, { password: 'another password', currentPassword: 'not mine' });
      expect([wrong.status, wrong.data.code]).to.deep.equal([403, 'wrong_password']);
      const email = `sari-${newId()}@example.com`;
      const change = { email, password: 'another password', currentPassword: password };
      expect((await person.http.patch(path, change)).data.email).to.equal(email);
      expect((await signIn(email, 'another password')).status).to.equal(201);
      expect((await signIn(person.email)).status).to.equal(401);
      const taken = await person.http.patch(path, { email: buyer.email, currentPassword: 'another password' });
      expect([taken.status, taken.data.code]).to.deep.equal([409, 'email_taken']);
    });

    it('lets nobody make himself an admin', async () => {
      const { status, data } = await buyer.http.patch(`/users/${buyer.userId}`, { role: 'admin' });
      expect([status, data.code, data.field]).to.deep.equal([403, 'forbidden', 'body.role']);
      const registered = await app.http.post('/users', { ...newcomer(), role: 'admin' });
      expect([registered.status, registered.data.code, registered.data.field]).to.deep.equal([
        400,
        'unknown_field',
        'body.role',
      ]);
    });
  });

  describe('deleting', () => {
    const call = (person: Person) => ({
      bookingId: newId(),
      customerId: person.userId,
      eventId: 'konser',
      seatIds: ['A-1'],
    });

    it('takes the person away and keeps the bookings', async () => {
      const person = await app.person();
      const past = { title: 'Konser', venue: 'Istora', city: 'Jakarta', startsAt: '2020-01-01T12:00:00.000Z' };
      const booking = bookingView(call(person), { status: 'CONFIRMED', version: 3, event: past });
      await app.dependencies.bookings.apply(booking);
      expect((await person.http.delete(`/users/${person.userId}`)).status).to.equal(204);
      expect((await person.http.get('/users/me')).status).to.equal(401);
      expect((await signIn(person.email)).status).to.equal(401);
      const stored = await app.connection.collection('users').findOne({ _id: person.userId as never });
      expect(stored).to.have.all.keys(
        '_id',
        'name',
        'role',
        'version',
        'passwordVersion',
        'createdAt',
        'updatedAt',
        'deletedAt',
      );
      expect(stored?.name).to.equal('Deleted user');
      expect((await admin.http.get(`/bookings/${booking.bookingId}`)).data.customerId).to.equal(person.userId);
      const again = await app.http.post('/users', { ...newcomer(), email: person.email });
      expect(again.status).to.equal(201);
    });

    const binding = {
      'an unpaid booking': { status: 'AWAITING_PAYMENT', version: 2 },
      'a ticket for an event to come': { status: 'CONFIRMED', version: 3 },
      'a refund on its way': {
        status: 'FAILED',
        version: 4,
        refund: { refundId: 'r', status: 'pending', amount: 1, at: new Date().toISOString() },
      },
    } as const;
    for (const [name, told] of Object.entries(binding)) {
      it(`is refused while there is ${name}`, async () => {
        const person = await app.person();
        const booking = bookingView(call(person), told);
        await app.dependencies.bookings.apply(booking);
        const { status, data } = await person.http.delete(`/users/${person.userId}`);
        expect([status, data.code]).to.deep.equal([409, 'user_has_bookings']);
        expect(data.bookingIds).to.deep.equal([booking.bookingId]);
        expect((await person.http.get('/users/me')).status).to.equal(200);
      });
    }

    it('is refused to the last admin', async () => {
      const admins = await app.connection.collection('users').find({ role: 'admin' }).toArray();
      expect(admins).to.have.length(1);
      const { status, data } = await admin.http.delete(`/users/${admin.userId}`);
      expect([status, data.code]).to.deep.equal([409, 'last_admin']);
    });
  });
});
