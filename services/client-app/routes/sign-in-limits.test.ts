import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { limits } from '../../../lib/contracts/limits.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, password, startClientApp } from '../../../test/client-app.ts';
import { passwordVerifications } from '../auth/passwords.ts';

const { signInFailuresPerPair, signInFailuresPerEmail } = limits;

describe('attempts to sign in and to register', () => {
  let app: ClientAppUnderTest;
  let addresses = 0;

  beforeEach(async () => {
    const attemptLimits = { signInFailuresPerIp: 30, registrationsPerIp: 5 };
    app = await startClientApp('sign-in-limits', { trustedProxies: 1, attemptLimits });
  });
  afterEach(() => app.close());

  const anotherIp = () => {
    addresses += 1;
    return `10.1.${addresses >> 8}.${addresses & 255}`;
  };
  const from = (ip: string) => ({ headers: { 'X-Forwarded-For': ip } });
  const signIn = (email: string, given: string, ip: string) =>
    app.http.post('/sessions', { email, password: given }, from(ip));
  const fail = async (email: string, ip: string, times: number) => {
    const answers = await Promise.all(Array.from({ length: times }, () => signIn(email, 'a wrong guess', ip)));
    return answers.map(({ status }) => status).sort();
  };
  const verifications = async () => (await passwordVerifications.get()).values[0]?.value ?? 0;
  const times = (status: number, count: number) => Array.from({ length: count }, () => status);

  it('compare one hash, for an unknown address too', async () => {
    const { email } = await app.person();
    for (const address of [email, `nobody-${newId()}@example.com`]) {
      const before = await verifications();
      const { status, data } = await signIn(address, 'a wrong guess', anotherIp());
      expect([status, data.code]).to.deep.equal([401, 'wrong_credentials']);
      expect((await verifications()) - before, address).to.equal(1);
    }
  });

  it('are refused after 10 failures for one address from one place, registered or not, without comparing', async () => {
    const { email } = await app.person();
    for (const address of [email, `nobody-${newId()}@example.com`]) {
      const ip = anotherIp();
      const statuses = await fail(address, ip, 20);
      expect(statuses, address).to.deep.equal([...times(401, signInFailuresPerPair), ...times(429, 10)]);
      const before = await verifications();
      const refused = await signIn(address.toUpperCase(), password, ip);
      expect([refused.status, refused.data.code]).to.deep.equal([429, 'too_many_attempts']);
      expect(Number(refused.headers['retry-after'])).to.be.within(1, 15 * 60);
      expect(await verifications()).to.equal(before);
    }
  });

  it('begin anew for an address that signs in, and when the window is over', async () => {
    const { email } = await app.person();
    const ip = anotherIp();
    await fail(email, ip, signInFailuresPerPair - 1);
    expect((await signIn(email, password, ip)).status).to.equal(201);
    expect(await fail(email, ip, signInFailuresPerPair)).to.deep.equal(times(401, signInFailuresPerPair));
    expect((await signIn(email, password, ip)).status).to.equal(429);
    await app.connection.collection('attempts').updateMany({ key: /^pair:/ }, { $set: { expire: new Date(0) } });
    expect((await signIn(email, password, ip)).status).to.equal(201);
  });

  it('are limited for one address from all places, but not from where it has been signed in', async () => {
    const { email } = await app.person();
    const home = anotherIp();
    expect((await signIn(email, password, home)).status).to.equal(201);
    for (let i = 0; i < signInFailuresPerEmail / 5; i += 1) {
      expect(await fail(email, anotherIp(), 5)).to.deep.equal(times(401, 5));
    }
    expect((await signIn(email, password, anotherIp())).status).to.equal(429);
    expect((await signIn(email, password, home)).status).to.equal(201);
  });

  it('are limited for one place, whatever the address; who signs in is not counted', async () => {
    const ip = anotherIp();
    const { email } = await app.person();
    for (let i = 0; i < 35; i += 1) expect((await signIn(email, password, ip)).status).to.equal(201);
    for (let i = 0; i < 30; i += 1) await fail(`nobody-${newId()}@example.com`, ip, 1);
    expect((await signIn(email, password, ip)).status).to.equal(429);
    expect((await signIn(email, password, anotherIp())).status).to.equal(201);
  });

  it('are limited for one place though all come at once', async () => {
    const ip = anotherIp();
    const guess = () => signIn(`nobody-${newId()}@example.com`, 'a wrong guess', ip);
    const answers = await Promise.all(Array.from({ length: 40 }, guess));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([...times(401, 30), ...times(429, 10)]);
  });

  it('that are refused for one address leave the place free for the others', async () => {
    const ip = anotherIp();
    await fail(`nobody-${newId()}@example.com`, ip, signInFailuresPerPair + 35);
    const { email } = await app.person();
    expect((await signIn(email, password, ip)).status).to.equal(201);
  });

  it('believe the proxy that is trusted, not what the caller claims to have come through', async () => {
    const { email } = await app.person();
    const ip = anotherIp();
    await fail(email, ip, signInFailuresPerPair);
    expect((await signIn(email, password, `203.0.113.9, ${ip}`)).status).to.equal(429);
  });

  it('are counted without naming anybody', async () => {
    const { email } = await app.person();
    const ip = anotherIp();
    await fail(email, ip, 1);
    const stored = JSON.stringify(await app.connection.collection('attempts').find().toArray());
    expect(stored).to.include('"pair:');
    expect(stored).not.to.include(email);
    expect(stored).not.to.include(ip);
  });

  it('to register are limited for one place', async () => {
    const ip = anotherIp();
    const register = async () => {
      const person = { name: 'Ratna Sari', email: `ratna-${newId()}@example.com`, password: 'sepuluh-huruf' };
      const { status, data } = await app.http.post('/users', person, from(ip));
      return [status, data.code];
    };
    for (let i = 0; i < 5; i += 1) expect(await register()).to.deep.equal([201, undefined]);
    expect(await register()).to.deep.equal([429, 'too_many_attempts']);
  });
});
