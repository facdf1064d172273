import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { after, before, beforeEach, describe, it } from 'mocha';
import {
  type WaitlistRefusal as Refusal,
  statusOfWaitlistRefusal,
  WaitlistRefusal,
} from '../../../lib/contracts/waitlist.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, type Person, startClientApp } from '../../../test/client-app.ts';
import { entryView, problem } from '../../../test/ticketing-stand-in.ts';

const refusals = (WaitlistRefusal as unknown as { enum: Refusal[] }).enum;
/** Long enough for a machine that has much else to do. */
const patienceMs = 2_000;
const seat = { eventId: 'konser', seatId: 'A-1' };

describe('POST /waitlist-entries (W1)', () => {
  let app: ClientAppUnderTest;
  let buyer: Person;
  let joinAsEver: ClientAppUnderTest['ticketing']['onJoin'];

  before(async () => {
    app = await startClientApp('waitlist-join', { patienceMs });
    joinAsEver = app.ticketing.onJoin;
  });
  after(() => app.close());
  beforeEach(async () => {
    buyer = await app.person();
    app.ticketing.joins.length = 0;
    app.ticketing.fault = undefined;
    app.ticketing.onJoin = joinAsEver;
  });

  const join = (body: unknown = seat, key = newId(), person = buyer) =>
    person.http.post('/waitlist-entries', body, { headers: { 'Idempotency-Key': key } });
  const entries = () => app.connection.collection('waitlist_entries');
  const ofBuyer = () => entries().find({ customerId: buyer.userId }).toArray();

  it('answers with the position, in a number and in words', async () => {
    const { status, data, headers } = await join();
    expect(status).to.equal(201);
    expect(headers.location).to.equal(`/waitlist-entries/${data.entryId}`);
    expect(data).to.include({ ...seat, customerId: buyer.userId, status: 'WAITING', version: 1, position: 2 });
    expect(data.statusText).to.equal('You are 2nd in the queue for this seat.');
    expect(data.history.map(({ text }: { text: string }) => text)).to.deep.equal(['You joined the queue as 2nd.']);
  });

  it('stores the entry before ticket-app is called, and sends the contract', async () => {
    let storedAtTheCall: unknown;
    app.ticketing.onJoin = async (call) => {
      storedAtTheCall = await entries().findOne({ _id: call.entryId as never });
      return joinAsEver(call);
    };
    const before = Date.now();
    const { data } = await join();
    expect(storedAtTheCall).to.include({ status: 'REQUESTED', version: 0, active: true, customerId: buyer.userId });
    const [call] = app.ticketing.joins;
    expect(call).to.include({ ...seat, entryId: data.entryId, customerId: buyer.userId, customerName: 'Sari Dewi' });
    expect(Date.parse(call!.joinBefore)).to.be.within(before + patienceMs, Date.now() + patienceMs);
  });

  it('gives 20 equal answers to 20 equal requests at once, with one call', async () => {
    app.ticketing.onJoin = async (call) => {
      await delay(150);
      return joinAsEver(call);
    };
    const key = newId();
    const answers = await Promise.all(Array.from({ length: 20 }, () => join(seat, key)));
    for (const { status, data } of answers) {
      expect(status).to.equal(201);
      expect(data).to.deep.equal(answers[0]?.data);
    }
    expect(answers[0]?.data.position).to.equal(2);
    expect(app.ticketing.joins).to.have.length(1);
    expect(await ofBuyer()).to.have.length(1);
  });

  it('gives 20 equal refusals, too, and keeps nothing of them', async () => {
    app.ticketing.onJoin = async () => {
      await delay(150);
      return problem(409, 'waitlist_full');
    };
    const key = newId();
    const answers = await Promise.all(Array.from({ length: 20 }, () => join(seat, key)));
    for (const { status, data } of answers) {
      expect(status).to.equal(409);
      expect(data).to.deep.equal(answers[0]?.data);
    }
    expect(app.ticketing.joins).to.have.length(1);
    expect(await ofBuyer()).to.have.length(0);
  });

  it('answers a later repeat with the same entry as it now is, and its position now', async () => {
    const key = newId();
    const { data: first } = await join(seat, key);
    const known = app.ticketing.entries.get(first.entryId)!;
    app.ticketing.entries.set(first.entryId, { ...known, position: 1 });
    const repeat = await join(seat, key);
    expect(repeat.status).to.equal(201);
    expect(repeat.data).to.deep.equal({
      ...first,
      position: 1,
      statusText: 'You are 1st in the queue for this seat.',
    });
    expect(app.ticketing.joins).to.have.length(1);
  });

  it('answers a repeat while ticket-app is away, without the position', async () => {
    const key = newId();
    const { data: first } = await join(seat, key);
    app.ticketing.fault = 'cut';
    const { status, data } = await join(seat, key);
    expect([status, data.entryId, data.status]).to.deep.equal([201, first.entryId, 'WAITING']);
    expect(data).not.to.have.property('position');
  });

  it('refuses the same key with another body: 422', async () => {
    const key = newId();
    await join(seat, key);
    const { status, data } = await join({ ...seat, seatId: 'A-2' }, key);
    expect([status, data.code, data.field]).to.deep.equal([422, 'idempotency_key_reused', 'header.Idempotency-Key']);
    expect(await ofBuyer()).to.have.length(1);
  });

  it('takes the same key for a booking and for a place in a queue', async () => {
    const key = newId();
    const headers = { 'Idempotency-Key': key };
    const booked = await buyer.http.post('/bookings', { eventId: 'konser', seatIds: ['A-1'] }, { headers });
    expect([booked.status, (await join(seat, key)).status]).to.deep.equal([201, 201]);
  });

  for (const refusal of refusals) {
    it(`passes ${refusal} on as ${statusOfWaitlistRefusal[refusal]}; no entry remains, and a repeat asks again`, async () => {
      const key = newId();
      app.ticketing.onJoin = () => problem(statusOfWaitlistRefusal[refusal], refusal);
      const { status, data, headers } = await join(seat, key);
      expect([status, data.code, data.detail]).to.deep.equal([
        statusOfWaitlistRefusal[refusal],
        refusal,
        `It is ${refusal}.`,
      ]);
      expect(headers['content-type']).to.match(/^application\/problem\+json/);
      expect(await ofBuyer()).to.have.length(0);
      app.ticketing.onJoin = joinAsEver;
      expect((await join(seat, key)).status).to.equal(201);
    });
  }

  for (const [code, field] of [
    ['event_not_found', 'body.eventId'],
    ['seat_not_found', 'body.seatId'],
  ]) {
    it(`passes ${code} on, with the field that it names`, async () => {
      app.ticketing.onJoin = () => problem(404, code!, { field });
      const { status, data } = await join();
      expect([status, data.code, data.field]).to.deep.equal([404, code, field]);
      expect(await ofBuyer()).to.have.length(0);
    });
  }

  it('names the entry that is in the way, and learns of it if its own call had no answer', async () => {
    app.ticketing.onJoin = (call) => {
      joinAsEver(call);
      return 'cut';
    };
    const { data: lost } = await join();
    app.ticketing.onJoin = () => problem(409, 'already_waiting', { entryId: lost.entryId });
    const { status, data } = await join();
    expect([status, data.code, data.entryId]).to.deep.equal([409, 'already_waiting', lost.entryId]);
    expect(await ofBuyer()).to.have.length(1);
    expect((await ofBuyer())[0]).to.include({ _id: lost.entryId, status: 'WAITING', version: 1 });
  });

  const unknowns = {
    'silence until patience is over': 'silence',
    'a cut connection': 'cut',
    'a 500': problem(500, 'internal_error'),
    'a 503 that says nothing certain': problem(503, 'waitlist_outcome_unknown'),
    'a conflict of no known name': problem(409, 'something_new'),
    'a route that is not there yet': problem(404, 'route_not_found'),
    'a refused credential': problem(401, 'unauthenticated'),
    'rubbish with a 2xx': { status: 201, body: { entryId: 7 } },
  } as const;
  for (const [name, reaction] of Object.entries(unknowns)) {
    it(`takes ${name} as unknown: 202, never "refused" (K-4)`, async () => {
      app.ticketing.onJoin = () => reaction;
      const startedAt = Date.now();
      const { status, data, headers } = await join();
      expect(Date.now() - startedAt).to.be.lessThan(patienceMs + 2_000);
      expect([status, data.status]).to.deep.equal([202, 'REQUESTED']);
      expect(headers).to.include({ location: `/waitlist-entries/${data.entryId}`, 'retry-after': '1' });
      expect(await ofBuyer()).to.have.length(1);
    });
  }

  it('asks again, by the same call, for an entry without an answer when the request is repeated', async () => {
    const key = newId();
    app.ticketing.onJoin = () => 'cut';
    expect((await join(seat, key)).status).to.equal(202);
    app.ticketing.onJoin = joinAsEver;
    expect((await join(seat, key)).status).to.equal(201);
    const [first, second] = app.ticketing.joins;
    expect(second).to.deep.equal(first);
  });

  it('keeps an entry whose repeat is refused after a call without an answer: that may have joined', async () => {
    const key = newId();
    app.ticketing.onJoin = () => 'cut';
    await join(seat, key);
    app.ticketing.onJoin = () => problem(409, 'event_over');
    expect((await join(seat, key)).status).to.equal(409);
    const [stored] = await ofBuyer();
    expect(stored).to.include({ status: 'REQUESTED' });
    expect(stored?.check.nextAttemptAt).to.be.instanceOf(Date);
  });

  it('says 503 of an entry that is known never to have begun', async () => {
    const key = newId();
    app.ticketing.onJoin = () => 'cut';
    const { data: lost } = await join(seat, key);
    await app.dependencies.waitlist.endAsNotJoined(lost.entryId);
    const { status, data } = await join(seat, key);
    expect([status, data.code]).to.deep.equal([503, 'not_joined']);
    const { data: entry } = await buyer.http.get(`/waitlist-entries/${lost.entryId}`);
    expect(entry).to.include({ status: 'NOT_JOINED', version: 0 });
    expect(entry.statusText).to.match(/Nothing was done/);
  });

  it('takes what ticket-app tells of an entry that was given up, and puts it right (K-5)', async () => {
    app.ticketing.onJoin = () => 'cut';
    const { data: lost } = await join();
    await app.dependencies.waitlist.endAsNotJoined(lost.entryId);
    const told = entryView({ ...seat, entryId: lost.entryId, customerId: buyer.userId });
    expect(await app.notify({ type: 'waitlist.requeued', ...told })).to.equal(204);
    expect((await ofBuyer())[0]).to.include({ status: 'WAITING', version: 1, active: true });
  });

  it('needs a key, and somebody who is signed in', async () => {
    const none = await buyer.http.post('/waitlist-entries', seat);
    expect([none.status, none.data.code]).to.deep.equal([400, 'idempotency_key_missing']);
    const nobody = await app.http.post('/waitlist-entries', seat, { headers: { 'Idempotency-Key': newId() } });
    expect([nobody.status, nobody.data.code]).to.deep.equal([401, 'unauthenticated']);
    expect(app.ticketing.joins).to.have.length(0);
  });
});
