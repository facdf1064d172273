import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, startClientApp } from '../../../test/client-app.ts';

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
