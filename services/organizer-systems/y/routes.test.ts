import axios from 'axios';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { signForY } from '../../../activities/organizers/y-signature.ts';
import { credentialsY, type OrganizerSystemUnderTest, startOrganizerSystem } from '../../../test/organizer-system.ts';

describe('the API of organizer Y', () => {
  let system: OrganizerSystemUnderTest;

  const send = (method: string, path: string, body: string, headers: Record<string, string>) =>
    axios.request({
      method,
      url: `${system.url}${path}`,
      ...(body !== '' && { data: body }),
      headers: { ...headers, ...(body !== '' && { 'Content-Type': 'application/json' }) },
      validateStatus: () => true,
    });
  const signed = (method: string, path: string, document?: unknown) => {
    const body = document === undefined ? '' : JSON.stringify(document);
    return send(method, path, body, signForY(credentialsY, { method, path, body }));
  };
  const allot = (ref: string, performance: string, places: string[]) =>
    signed('PUT', `/allotments/${ref}`, { performance, places });

  before(async () => {
    system = await startOrganizerSystem(credentialsY);
  });
  after(() => system.close());

  it('blocks, frees, and tells how it went in the status of the allotment', async () => {
    const blocked = await allot('r1', 'p1', ['a', 'b']);
    expect(blocked.status).to.equal(200);
    expect(blocked.data.allotment).to.deep.include({ ref: 'r1', status: 'BLOCKED', places: ['a', 'b'] });
    expect((await allot('r1', 'p1', ['a', 'b'])).data).to.deep.equal(blocked.data);
    expect((await allot('r2', 'p1', ['b', 'c'])).data.allotment).to.deep.include({ status: 'DENIED', denied: ['b'] });
    expect((await allot('r1', 'p1', ['z'])).data.fault).to.include({ code: 'REF_IN_USE' });
    expect((await signed('POST', '/allotments/r1/free')).data.allotment).to.include({ status: 'FREED' });
    expect((await allot('r1', 'p1', ['a', 'b'])).data.allotment).to.include({ status: 'FREED' });
    expect((await signed('GET', '/allotments/r1')).data.allotment).to.include({ status: 'FREED' });
    expect((await signed('GET', '/allotments/none')).data.fault).to.include({ code: 'UNKNOWN_REF' });
  });

  it('lists allotments by performance and status, page by page', async () => {
    for (const i of [1, 2, 3]) await allot(`l${i}`, 'p2', [`s${i}`]);
    await signed('POST', '/allotments/l2/free');
    const list = async (query: string) => {
      const { allotments, next } = (await signed('GET', `/allotments?${query}`)).data;
      return { refs: allotments.map((one: { ref: string }) => one.ref), next };
    };
    expect((await list('performance=p2&status=BLOCKED')).refs).to.deep.equal(['l3', 'l1']);
    const page = await list('performance=p2&max=2');
    expect(await list(`performance=p2&max=2&after=${page.next}`)).to.deep.equal({ refs: ['l1'], next: undefined });
  });

  it('refuses with 401 what was not signed as it is, by whom it says, just now', async () => {
    const body = JSON.stringify({ performance: 'p3', places: ['a'] });
    const call = { method: 'PUT', path: '/allotments/s1', body };
    const good = signForY(credentialsY, call);
    const minutes = (count: number) => new Date(Date.now() + count * 60_000);
    const forgeries: Record<string, string>[] = [
      {},
      { ...good, 'Y-Signature': good['Y-Signature']!.replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
      { ...good, 'Y-Signature': '' },
      { ...good, 'Y-Key-Id': 'somebody' },
      { ...good, 'Y-Timestamp': String(Number(good['Y-Timestamp']) + 1) },
      { ...good, 'Y-Timestamp': 'now' },
      signForY({ ...credentialsY, secret: 'another' }, call),
      signForY(credentialsY, { ...call, body: body.replace('a', 'b') }),
      signForY(credentialsY, { ...call, path: '/allotments/s2' }),
      signForY(credentialsY, { ...call, method: 'POST' }),
      signForY(credentialsY, call, minutes(-6)),
      signForY(credentialsY, call, minutes(6)),
    ];
    for (const headers of forgeries) {
      const answer = await send(call.method, call.path, body, headers);
      expect(answer.status, JSON.stringify(headers)).to.equal(401);
      expect(answer.data.fault).to.include({ code: 'BAD_SIGNATURE' });
    }
    expect((await signed('GET', '/allotments/s1')).status).to.equal(404);
    for (const at of [minutes(-4), minutes(4)]) {
      expect((await send(call.method, call.path, body, signForY(credentialsY, call, at))).status).to.equal(200);
    }
  });

  it('refuses bad input in its own words', async () => {
    const answer = await signed('PUT', '/allotments/b1', { performance: 'p4', places: [{ $ne: null }] });
    expect(answer.status).to.equal(400);
    expect(answer.data.fault).to.include({ code: 'INVALID_REQUEST', field: 'body.places[0]' });
    expect((await signed('PUT', '/allotments/..%2f', { performance: 'p', places: ['a'] })).status).to.equal(400);
  });
});
