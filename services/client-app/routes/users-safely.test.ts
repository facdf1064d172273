import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { limits } from '../../../lib/contracts/limits.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, type Person, password, startClientApp } from '../../../test/client-app.ts';

import { changeUser } from '../commands/users.ts';
import type { Dependencies } from '../dependencies.ts';

describe('users are changed and registered safely', () => {
  let app: ClientAppUnderTest;

  before(async () => {
    app = await startClientApp('users-safely');
  });
  after(() => app.close());

  describe('If-Match', () => {
    it('changes the version that was read, and tells the next one', async () => {
      const { userId, http } = await app.person();
      const path = `/users/${userId}`;
      const read = await http.get(path);
      expect(read.headers.etag).to.equal('"1"');
      expect((await http.get('/users/me')).headers.etag).to.equal('"1"');
      const headers = { 'If-Match': String(read.headers.etag) };
      const changed = await http.patch(path, { name: 'Sari Utami' }, { headers });
      expect([changed.status, changed.headers.etag]).to.deep.equal([200, '"2"']);
    });

    it('refuses another version with 412, which tells the present one; without it any is changed', async () => {
      const { userId, http } = await app.person();
      const path = `/users/${userId}`;
      await http.patch(path, { name: 'Sari Utami' });
      const late = await http.patch(path, { name: 'Sari' }, { headers: { 'If-Match': '"1"' } });
      expect([late.status, late.data.code, late.data.version]).to.deep.equal([412, 'version_mismatch', 2]);
      expect(late.headers.etag).to.equal('"2"');
      const rubbish = await http.patch(path, { name: 'Sari' }, { headers: { 'If-Match': 'W/x' } });
      expect([rubbish.status, rubbish.data.field]).to.deep.equal([400, 'header.If-Match']);
      expect((await http.patch(path, { name: 'Sari' })).status).to.equal(200);
    });

    it('lets one of 10 at once change a version', async () => {
      const { userId, http } = await app.person();
      const headers = { 'If-Match': '"1"' };
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, i) => http.patch(`/users/${userId}`, { name: `Sari ${i}` }, { headers })),
      );
      expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
      expect(answers.filter(({ status }) => status === 412)).to.have.length(9);
    });
  });

  describe('the password', () => {
    const change = ({ userId, http }: Person, patch: object) =>
      http.patch(`/users/${userId}`, { currentPassword: password, ...patch });
    const signIn = async (person: Person, given: string) =>
      (await app.http.post('/sessions', { email: person.email, password: given })).status;

    /** The account as it was read before the password was changed in another session. */
    const changedMeanwhile = async (person: Person) => {
      const { dependencies } = app;
      const read = await dependencies.users.find(person.userId);
      expect((await change(person, { password: 'a password of the owner' })).status).to.equal(200);
      const users = { ...dependencies.users, find: once(read, dependencies.users.find) };
      const caller = { userId: person.userId, name: 'Sari', role: 'buyer', sessionId: newId() } as const;
      return (patch: object) =>
        changeUser({ ...dependencies, users } as Dependencies, caller, {
          userId: person.userId,
          patch: { currentPassword: password, ...patch },
          version: undefined,
        }).then(
          () => 'changed',
          ({ status, code }) => `${status} ${code}`,
        );
    };
    const once = <T>(first: T, then: (userId: string) => unknown) => {
      let isFirst = true;
      return (userId: string) => {
        if (!isFirst) return then(userId);
        isFirst = false;
        return first;
      };
    };

    for (const patch of [{ password: 'a password of the thief' }, { email: `thief-${newId()}@example.com` }]) {
      it(`that was the account's until just now changes no ${Object.keys(patch)}`, async () => {
        const person = await app.person();
        const late = await changedMeanwhile(person);
        expect(await late(patch)).to.equal('403 wrong_password');
        expect(await signIn(person, 'a password of the owner')).to.equal(201);
      });
    }

    it('is changed by one of 5 at once', async () => {
      const person = await app.person();
      const answers = await Promise.all([1, 2, 3, 4, 5].map((i) => change(person, { password: `sepuluh-huruf-${i}` })));
      expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
      const winner = answers.findIndex(({ status }) => status === 200) + 1;
      expect(await signIn(person, `sepuluh-huruf-${winner}`)).to.equal(201);
    });

    it('that is older, changed late, ends no session of the newer one', async () => {
      const person = await app.person();
      const { sessions } = app.dependencies;
      await sessions.keepOver(person.sessionId, 3);
      await sessions.keepOver(person.sessionId, 2);
      await sessions.endEarlier(person.userId, 3);
      expect((await sessions.find(person.sessionId))?.passwordVersion).to.equal(3);
      await sessions.endEarlier(person.userId, 4);
      expect(await sessions.find(person.sessionId)).to.equal(null);
    });

    it('is not guessed in a session: after 10 wrong ones at once the right one too is refused', async () => {
      const person = await app.person();
      const guess = () => change(person, { email: `x-${newId()}@example.com`, currentPassword: 'a wrong guess' });
      const answers = await Promise.all(Array.from({ length: 12 }, guess));
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused).to.have.length(2);
      expect(answers.filter(({ status }) => status === 403)).to.have.length(limits.signInFailuresPerPair);
      expect(refused[0]?.data.code).to.equal('too_many_attempts');
      const right = await change(person, { email: `x-${newId()}@example.com` });
      expect([right.status, Number(right.headers['retry-after']) > 0]).to.deep.equal([429, true]);
    });

    it('that is right begins the count of guesses anew', async () => {
      const person = await app.person();
      for (let i = 0; i <= limits.signInFailuresPerPair; i += 1) {
        expect((await change(person, { email: `x-${newId()}@example.com` })).status).to.equal(200);
      }
    });
  });

  describe('an Idempotency-Key of a registration', () => {
    const newcomer = () => ({ name: 'Ratna Sari', email: `ratna-${newId()}@example.com`, password: 'sepuluh-huruf' });
    const register = (person: object, key: string) =>
      app.http.post('/users', person, { headers: { 'Idempotency-Key': key } });

    it('makes one account of 10 at once, and tells each of it', async () => {
      const [person, key] = [newcomer(), newId()];
      const answers = await Promise.all(Array.from({ length: 10 }, () => register(person, key)));
      expect(answers.map(({ status }) => status)).to.deep.equal(Array.from({ length: 10 }, () => 201));
      expect(new Set(answers.map(({ data }) => data.userId)).size).to.equal(1);
      const again = await register(person, key);
      expect([again.status, again.data]).to.deep.equal([201, answers[0]?.data]);
    });

    it('is refused with another body, even if only the password differs', async () => {
      const [person, key] = [newcomer(), newId()];
      expect((await register(person, key)).status).to.equal(201);
      const { status, data } = await register({ ...person, password: 'another password' }, key);
      expect([status, data.code]).to.deep.equal([422, 'idempotency_key_reused']);
    });

    it('does not hide that the address is taken', async () => {
      const person = newcomer();
      expect((await register(person, newId())).status).to.equal(201);
      const { status, data } = await register(person, newId());
      expect([status, data.code]).to.deep.equal([409, 'email_taken']);
    });

    it('stores neither the password nor what could be tried on it', async () => {
      const [person, key] = [newcomer(), newId()];
      await register(person, key);
      const stored = await app.connection.collection('idempotency_keys').findOne({ key });
      expect(stored).to.have.all.keys('_id', 'user', 'route', 'key', 'bodyHash', 'resultId', 'createdAt');
      expect(app.dependencies.digest('registration', person.password)).not.to.include(person.password);
    });
  });

  it('takes addresses of ASCII only, so that no two look alike', async () => {
    for (const email of [
      '\u0131bu@example.com',
      '\u0130bu@example.com',
      '\uff41yu@example.com',
      'ayu@example\u212a.com',
      '\u017fari@example.com',
    ]) {
      const { status, data } = await app.http.post('/users', { name: 'Ayu', email, password: 'sepuluh-huruf' });
      expect([status, data.field], email).to.deep.equal([400, 'body.email']);
    }
  });
});
