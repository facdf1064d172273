import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { someEvent } from '../../../test/factories/events.ts';
import { useTicketApp } from '../../../test/ticket-app.ts';

describe('changing the version of an event that one has read (If-Match)', () => {
  const app = useTicketApp();
  let path: string;
  const change = (etag: string, method = 'PATCH', suffix = '', body: unknown = { title: 'Changed' }) =>
    app().call(method, `${path}${suffix}`, { body, headers: { 'If-Match': etag } });

  beforeEach(async () => {
    path = `/events/${(await app().call('POST', '/events', { body: someEvent() })).body.eventId}`;
  });

  it('sends the version as the ETag of whatever shows the event', async () => {
    expect((await app().call('GET', path)).headers.get('etag')).to.equal('"1"');
    const changed = await change('"1"');
    expect([changed.status, changed.headers.get('etag'), changed.body.version]).to.deep.equal([200, '"2"', 2]);
    expect((await app().call('GET', path, { as: 'service' })).status).to.equal(404);
    expect((await app().call('POST', `${path}/publish`)).headers.get('etag')).to.equal('"3"');
    expect((await app().call('GET', path, { as: 'service' })).headers.get('etag')).to.equal('"3"');
  });

  it('refuses each change of another version with 412, which tells the present one', async () => {
    await change('"1"');
    for (const [method, suffix, body] of [
      ['PATCH', '', { title: 'Late' }],
      ['POST', '/publish'],
      ['POST', '/end'],
      ['POST', '/cancel', {}],
      ['DELETE', ''],
    ] as const) {
      const late = await change('"1"', method, suffix, body);
      expect(late.body, `${method} ${suffix}`).to.include({ status: 412, code: 'version_mismatch', version: 2 });
      expect(late.headers.get('etag')).to.equal('"2"');
    }
    expect((await app().call('GET', path)).body).to.include({ title: 'Changed', status: 'draft', version: 2 });
  });

  it('makes each change of the present version', async () => {
    expect((await change('"1"', 'POST', '/publish')).body.status).to.equal('published');
    expect((await change('"2"', 'PATCH')).body.title).to.equal('Changed');
    expect((await change('"3"', 'POST', '/cancel', {})).body).to.include({ status: 'cancelled', version: 4 });
    expect((await change('"4"', 'DELETE', '')).status).to.equal(204);
  });

  it('lets one of twenty changes of one version win, whatever they change', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => change('"1"', 'PATCH', '', { title: `Change ${i}` })),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won).to.have.length(1);
    expect(answers.filter(({ status }) => status === 412)).to.have.length(19);
    expect((await app().call('GET', path)).body).to.include({ title: won[0]?.body.title, version: 2 });
  });

  it('lets one of a change and a cancellation of one version win', async () => {
    const rivals = await Promise.all([change('"1"', 'PATCH'), change('"1"', 'POST', '/cancel', {})]);
    const statuses = rivals.map(({ status }) => status).sort();
    // Whoever meets the cancellation at work is told that, instead of the version.
    expect(statuses[0]).to.equal(200);
    expect(statuses[1]).to.be.oneOf([409, 412]);
  });

  it('answers a repeat of what has been done with what was done', async () => {
    for (const suffix of ['/publish', '/cancel']) {
      const { headers } = await app().call('GET', path);
      const etag = headers.get('etag') ?? '';
      const [first, second] = [await change(etag, 'POST', suffix, {}), await change(etag, 'POST', suffix, {})];
      expect([first.status, second.status], suffix).to.deep.equal([200, 200]);
      expect(second.body.version).to.equal(first.body.version);
    }
  });

  it('changes any version without it, or with *', async () => {
    expect((await change('*')).status).to.equal(200);
    expect((await app().call('PATCH', path, { body: { title: 'Again' } })).body.version).to.equal(3);
  });

  it('names what is no ETag of ours, and finds no event that is not there', async () => {
    expect((await change('first')).body).to.include({ status: 400, field: 'header.If-Match' });
    path = '/events/none';
    expect((await change('"1"')).status).to.equal(404);
  });
});
