import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { someEvent } from '../../../test/factories/events.ts';
import { useTicketApp } from '../../../test/ticket-app.ts';

describe('who may read and change events and seats in ticket-app', () => {
  const app = useTicketApp();
  afterEach(() => {
    app.keys.status = 200;
  });

  // First, because the keys are kept once they have been fetched.
  it('answers 503 while the keys of client-app cannot be had, and works when they are back', async () => {
    app.keys.status = 500;
    const away = await app().call('GET', '/events');
    expect(away.status).to.equal(503);
    expect(away.body.code).to.equal('keys_unavailable');
    expect((await app().call('GET', '/events', { as: 'service' })).status).to.equal(200);
    app.keys.status = 200;
    expect((await app().call('GET', '/events')).status).to.equal(200);
  });

  it('lets services and admins read', async () => {
    expect((await app().call('GET', '/events', { as: 'service' })).status).to.equal(200);
    expect((await app().call('GET', '/events', { as: 'admin' })).status).to.equal(200);
    expect((await app().call('GET', '/events', { as: 'buyer' })).status).to.equal(403);
    expect((await app().call('GET', '/events', { as: 'nobody' })).status).to.equal(401);
  });

  it('lets admins change, and nobody else', async () => {
    const create = (as: 'admin' | 'service' | 'buyer' | 'nobody') =>
      app().call('POST', '/events', { as, body: someEvent() });
    expect((await create('nobody')).status).to.equal(401);
    expect((await create('buyer')).body.code).to.equal('forbidden');
    expect((await create('service')).body.code).to.equal('forbidden');
    expect((await create('admin')).status).to.equal(201);
  });

  it('refuses tokens that are not of client-app', async () => {
    const forged = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"x","role":"admin"}').toString('base64url')}.`;
    for (const token of ['rubbish', forged, 'a.b.c']) {
      const headers = { Authorization: `Bearer ${token}` };
      expect((await app().call('GET', '/events', { as: 'nobody', headers })).status, token).to.equal(401);
    }
  });
});
