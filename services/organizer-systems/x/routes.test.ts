import axios, { type AxiosInstance } from 'axios';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { credentialsX, type OrganizerSystemUnderTest, startOrganizerSystem } from '../../../test/organizer-system.ts';

describe('the API of organizer X', () => {
  let system: OrganizerSystemUnderTest;
  let http: AxiosInstance;
  const hold = (reference: string, event: string, seats: string[]) =>
    http.post('/api/v1/holds', { reference, event, seats });

  before(async () => {
    system = await startOrganizerSystem(credentialsX);
    http = axios.create({
      baseURL: system.url,
      headers: { 'X-Api-Key': credentialsX.apiKey },
      validateStatus: () => true,
    });
  });
  after(() => system.close());

  it('answers 201 to the first call, 200 to its repeats, with the same hold', async () => {
    const first = await hold('r1', 'e1', ['a', 'b']);
    const again = await hold('r1', 'e1', ['a', 'b']);
    expect(first.status).to.equal(201);
    expect(first.data).to.include({ reference: 'r1', event: 'e1', state: 'held' });
    expect(again.status).to.equal(200);
    expect(again.data).to.deep.equal(first.data);
    expect((await http.get('/api/v1/holds/r1')).data).to.deep.equal(first.data);
  });

  it('tells conflicts apart by their code', async () => {
    await hold('r2', 'e2', ['a', 'b']);
    expect((await hold('r3', 'e2', ['b', 'c'])).data).to.include({ status: 409, code: 'seats_unavailable' });
    expect((await hold('r3', 'e2', ['b', 'c'])).data.seats).to.deep.equal(['b']);
    expect((await hold('r2', 'e2', ['z'])).data).to.include({ status: 409, code: 'reference_reused' });
    expect((await http.delete('/api/v1/holds/r2')).data).to.deep.equal({ reference: 'r2', state: 'released' });
    expect((await hold('r2', 'e2', ['a', 'b'])).data).to.include({ status: 409, code: 'released' });
  });

  it('lists holds by event and state, page by page', async () => {
    for (const i of [1, 2, 3]) await hold(`p${i}`, 'e3', [`s${i}`]);
    await http.delete('/api/v1/holds/p2');
    const list = async (query: string) => {
      const { holds, nextCursor } = (await http.get(`/api/v1/holds?${query}`)).data;
      return { references: holds.map((one: { reference: string }) => one.reference), nextCursor };
    };
    expect((await list('event=e3&state=held')).references).to.deep.equal(['p3', 'p1']);
    const page = await list('event=e3&limit=2');
    expect(page.references).to.deep.equal(['p3', 'p2']);
    expect(await list(`event=e3&limit=2&cursor=${page.nextCursor}`)).to.deep.equal({
      references: ['p1'],
      nextCursor: undefined,
    });
  });

  it('lets nobody in without the key, and lets the key order faults as a bearer token only', async () => {
    for (const headers of [{}, { 'X-Api-Key': 'wrong' }]) {
      const stranger = axios.create({ baseURL: system.url, headers, validateStatus: () => true });
      expect((await stranger.get('/api/v1/holds')).data).to.include({ status: 401, code: 'invalid_api_key' });
      expect((await stranger.delete('/api/v1/holds/r')).status).to.equal(401);
      expect((await stranger.get('/control/faults')).status).to.equal(401);
    }
    expect((await http.get('/control/holds')).status).to.equal(401);
  });

  it('refuses bad input with the field it is in, and stores nothing', async () => {
    const cases: [unknown, string][] = [
      [{}, 'body.reference'],
      [{ reference: { $ne: null }, event: 'e', seats: ['a'] }, 'body.reference'],
      [{ reference: 'bad', event: { $gt: '' }, seats: ['a'] }, 'body.event'],
      [{ reference: 'bad', event: 'e', seats: [] }, 'body.seats'],
      [{ reference: 'bad', event: 'e', seats: ['a', 'a'] }, 'body.seats'],
      [{ reference: 'bad', event: 'e', seats: [{ $ne: null }] }, 'body.seats[0]'],
      [{ reference: 'bad', event: 'e', seats: Array.from({ length: 5_000 }, (_, i) => `s${i}`) }, 'body.seats'],
    ];
    for (const [body, field] of cases) {
      const answer = await http.post('/api/v1/holds', body);
      expect(answer.status, JSON.stringify(answer.data)).to.equal(400);
      expect(answer.data).to.include({ field });
    }
    expect((await http.post('/api/v1/holds', { reference: 'x'.repeat(1_000_000) })).status).to.equal(413);
    expect((await http.get('/api/v1/holds/bad')).status).to.equal(404);
    expect((await http.get('/api/v1/holds?cursor=nonsense')).data).to.include({ code: 'invalid_cursor' });
  });

  it('lets the key read every hold, tombstones included, and forget the ordered faults', async () => {
    const control = axios.create({
      baseURL: `${system.url}/control`,
      headers: { Authorization: `Bearer ${credentialsX.apiKey}` },
      validateStatus: () => true,
    });
    await http.delete('/api/v1/holds/never-held');
    const { holds } = (await control.get('/holds?state=released&limit=1')).data;
    expect(holds).to.have.length(1);
    expect(holds[0]).to.include({ reference: 'never-held', state: 'released' });
    const ordered = await control.post('/faults', { event: 'e9', fault: '503', times: 3 });
    expect(ordered.status).to.equal(201);
    expect((await hold('r9', 'e9', ['a'])).status).to.equal(503);
    expect((await control.get('/faults')).data.faults).to.deep.equal([{ ...ordered.data, times: 2 }]);
    await control.post('/faults', { reference: 'mine', fault: '503' });
    await control.post('/faults', { reference: 'yours', fault: '503' });
    expect((await control.delete('/faults?reference=mine')).status).to.equal(204);
    const left = (await control.get('/faults')).data.faults.map((fault: { reference?: string }) => fault.reference);
    expect(left).to.include('yours').and.not.to.include('mine');
    expect((await control.delete('/faults')).status).to.equal(204);
    expect((await hold('r9', 'e9', ['a'])).status).to.equal(201);
    expect((await control.post('/faults', { fault: '503' })).status).to.equal(400);
    expect((await control.post('/faults', { event: 'e', fault: 'flood' })).data).to.include({ field: 'body.fault' });
  });

  it('is alive, ready, and counts the faults it made', async () => {
    expect((await http.get('/healthz')).data).to.deep.equal({ status: 'alive' });
    expect((await http.get('/readyz')).data).to.deep.equal({ ready: true, dependencies: { database: 'ok' } });
    expect((await http.get('/metrics')).data).to.match(/organizer_faults_total\{[^}]*fault="503"[^}]*\} 1/);
  });
});
