import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { type ClientAppUnderTest, startClientApp } from '../../../test/client-app.ts';
import { seed } from './seed.ts';

describe("client-app's seeds", () => {
  let app: ClientAppUnderTest;

  before(async () => {
    app = await startClientApp('client-seeds');
  });
  after(() => app.close());

  const signIn = (email: string) => app.http.post('/sessions', { email, password: 'kursi-demo-2026' });

  it('put in an admin, a dozen buyers and the two organizers of the seeded events, who can sign in', async () => {
    await seed(app.connection);
    const users = await app.connection.collection('users').find().toArray();
    expect(users).to.have.length(15);
    const { data } = await signIn('admin@example.com');
    const headers = { Authorization: `Bearer ${data.accessToken}` };
    expect((await app.http.get('/users', { headers })).data.users).to.have.length(15);
    expect((await signIn('ayu@example.com')).status).to.equal(201);
    const organizers = users.filter(({ role }) => role === 'organizer').map(({ _id }) => String(_id));
    expect(organizers).to.have.members(['organizer-nada', 'organizer-panggung']);
    expect((await signIn('nada@example.com')).status).to.equal(201);
  });

  it('change nothing that is there, and bring nobody back', async () => {
    const { data } = await signIn('ayu@example.com');
    const headers = { Authorization: `Bearer ${data.accessToken}` };
    const { data: ayu } = await app.http.get('/users/me', { headers });
    await app.http.patch(`/users/${ayu.userId}`, { name: 'Ayu Kinasih' }, { headers });
    const before = await app.connection.collection('users').find().sort({ _id: 1 }).toArray();
    await seed(app.connection);
    expect(await app.connection.collection('users').find().sort({ _id: 1 }).toArray()).to.deep.equal(before);
    expect((await app.http.delete(`/users/${ayu.userId}`, { headers })).status).to.equal(204);
    await seed(app.connection);
    expect((await signIn('ayu@example.com')).status).to.equal(401);
  });
});
