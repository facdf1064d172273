import { expect } from 'chai';
import { after, before, beforeEach, describe, it } from 'mocha';
import type { WaitlistEntryView } from '../../../lib/contracts/waitlist.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, type Person, startClientApp } from '../../../test/client-app.ts';
import { entryView, problem } from '../../../test/ticketing-stand-in.ts';

describe('deleting somebody who waits for seats', () => {
  let app: ClientAppUnderTest;
  let person: Person;
  let left: string[];

  before(async () => {
    app = await startClientApp('deleting-who-waits', { patienceMs: 1_000 });
  });
  after(() => app.close());
  beforeEach(async () => {
    person = await app.person();
    left = [];
    app.ticketing.fault = undefined;
    app.ticketing.onLeave = (entryId) => {
      left.push(entryId);
      const entry = app.ticketing.entries.get(entryId)!;
      const ended = { ...entry, status: 'LEFT', version: entry.version + 1 } as const;
      app.ticketing.entries.set(entryId, ended);
      return { status: 200, body: ended };
    };
  });

  async function placed(told: Partial<WaitlistEntryView> = {}, toldLater = told): Promise<string> {
    const entry = { entryId: newId(), customerId: person.userId, eventId: 'konser', seatId: 'A-1' };
    await app.dependencies.waitlist.apply(entryView(entry, told));
    app.ticketing.entries.set(entry.entryId, entryView(entry, toldLater));
    return entry.entryId;
  }
  const remove = () => person.http.delete(`/users/${person.userId}`);
  const isThere = async () => (await person.http.get('/users/me')).status === 200;

  it('leaves their queues first', async () => {
    const waiting = [await placed(), await placed()];
    await placed({ status: 'LAPSED' });
    expect((await remove()).status).to.equal(204);
    expect(left.toSorted()).to.deep.equal(waiting.toSorted());
    expect(await isThere()).to.equal(false);
    for (const entryId of waiting) {
      expect(await app.dependencies.waitlist.find(entryId)).to.include({ status: 'LEFT', active: false });
    }
  });

  it('is refused while a seat is offered, known here or not, and no queue is left', async () => {
    await placed();
    const offer = { status: 'OFFERED', version: 2, bookingId: 'b-1' } as const;
    await placed({}, offer);
    const { status, data } = await remove();
    expect([status, data.code, data.bookingIds]).to.deep.equal([409, 'user_has_bookings', ['b-1']]);
    expect(left).to.deep.equal([]);
    expect(await isThere()).to.equal(true);
  });

  it('is refused when the seat is offered in that very moment', async () => {
    await placed();
    app.ticketing.onLeave = () => problem(409, 'offered', { bookingId: 'b-2' });
    const { status, data } = await remove();
    expect([status, data.code, data.bookingId]).to.deep.equal([409, 'offered', 'b-2']);
    expect(await isThere()).to.equal(true);
  });

  it('is 503 while ticket-app is away, and the account and its places stay', async () => {
    const entryId = await placed();
    app.ticketing.fault = 'cut';
    const { status, data } = await remove();
    expect([status, data.code]).to.deep.equal([503, 'ticketing_unavailable']);
    expect(await isThere()).to.equal(true);
    expect(await app.dependencies.waitlist.find(entryId)).to.include({ status: 'WAITING' });
  });

  it('needs no ticket-app for somebody who waits for nothing', async () => {
    await placed({ status: 'CLOSED' });
    app.ticketing.fault = 'cut';
    expect((await remove()).status).to.equal(204);
  });
});
