import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, type Person, password, startClientApp } from '../../../test/client-app.ts';

const book = (buyer: Person, seatId: string, eventId = 'konser-1') =>
  buyer.http.post('/bookings', { eventId, seatIds: [seatId] }, { headers: { 'Idempotency-Key': newId() } });

describe('too many requests', () => {
  describe('of one account', () => {
    let app: ClientAppUnderTest;
    before(async () => {
      app = await startClientApp('request_limits_person', { requestsPerPerson: 3 });
    });
    after(() => app.close());

    it('are 429 with the time to wait, and others go on', async () => {
      const [one, other] = [await app.person(), await app.person()];
      for (const _ of [1, 2, 3]) expect((await one.http.get('/users/me')).status).to.equal(200);
      const { status, data, headers } = await one.http.get('/users/me');
      expect([status, data.code]).to.deep.equal([429, 'too_many_requests']);
      expect(Number(headers['retry-after'])).to.be.within(1, 60);
      expect((await other.http.get('/users/me')).status).to.equal(200);
    });

    it('do not count those of a session that has ended', async () => {
      const person = await app.person();
      const { data } = await app.http.post('/sessions', { email: person.email, password });
      const headers = { Authorization: `Bearer ${data.accessToken}` };
      expect((await app.http.delete('/sessions/current', { headers })).status).to.equal(204);
      for (const _ of [1, 2, 3]) expect((await app.http.get('/users/me', { headers })).status).to.equal(401);
      for (const _ of [1, 2]) expect((await person.http.get('/users/me')).status).to.equal(200);
    });
  });

  describe('from one address', () => {
    let app: ClientAppUnderTest;
    before(async () => {
      app = await startClientApp('request_limits_address', { requestsPerAddress: 3 });
    });
    after(() => app.close());

    it('are 429, whoever sends them, but probes and webhooks are always heard', async () => {
      for (const _ of [1, 2, 3]) await app.http.get('/.well-known/jwks.json');
      const { status, data } = await (await app.person()).http.get('/users/me');
      expect([status, data.code]).to.deep.equal([429, 'too_many_requests']);
      expect((await app.http.get('/healthz')).status).to.equal(200);
      expect((await app.http.get('/readyz')).status).to.equal(200);
      expect((await app.http.post('/webhooks/ticketing', {})).status).to.equal(401);
    });
  });

  describe('from the addresses of one IPv6 subscriber', () => {
    let app: ClientAppUnderTest;
    before(async () => {
      app = await startClientApp('request_limits_network', { requestsPerAddress: 3, trustedProxies: 1 });
    });
    after(() => app.close());

    it('count together, and apart from those of others', async () => {
      const from = async (ip: string) =>
        (await app.http.get('/.well-known/jwks.json', { headers: { 'X-Forwarded-For': ip } })).status;
      for (const i of [1, 2, 3]) expect(await from(`2001:db8:1:2::${i}`)).to.equal(200);
      expect(await from('2001:db8:1:2:ffff::4')).to.equal(429);
      expect(await from('2001:db8:1:3::1')).to.equal(200);
    });
  });

  describe('to book, at once', () => {
    let app: ClientAppUnderTest;
    before(async () => {
      app = await startClientApp('request_limits_in_flight', { callsInFlight: 2, patienceMs: 2_000 });
    });
    after(() => app.close());

    it('are 503 before anything is written, until those under way have ended', async () => {
      const buyers = await Promise.all([1, 2, 3].map(() => app.person()));
      app.ticketing.fault = 'silence';
      const [first, second, third] = buyers.map((buyer, i) => book(buyer, `A-1-${i + 1}`));
      const refused = await Promise.race([first, second, third]);
      expect([refused?.status, refused?.data.code]).to.deep.equal([503, 'overloaded']);
      expect(refused?.headers['retry-after']).to.equal('1');
      const answers = await Promise.all([first, second, third]);
      expect(answers.map((answer) => answer?.status).sort()).to.deep.equal([202, 202, 503]);
      expect(await app.connection.collection('bookings').countDocuments()).to.equal(2);
      app.ticketing.fault = undefined;
      const [buyer] = buyers;
      if (buyer) expect((await book(buyer, 'A-1-9')).data.code).not.to.equal('overloaded');
    });

    it('of one event take no room from those of another', async () => {
      const [one, other, third, fourth] = await Promise.all([1, 2, 3, 4].map(() => app.person()));
      if (!one || !other || !third || !fourth) throw new Error('There are four of them.');
      app.ticketing.fault = 'silence';
      const slow = [book(one, 'A-1-1', 'slow'), book(other, 'A-1-2', 'slow'), book(third, 'A-1-3', 'slow')];
      expect((await Promise.race(slow)).data.code).to.equal('overloaded');
      expect((await book(fourth, 'A-1-4', 'quick')).status).to.equal(202);
      await Promise.all(slow);
      app.ticketing.fault = undefined;
    });
  });
});
