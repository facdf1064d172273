// Queueing for a seat at the buyers' door, through the true pair of client-app and ticket-app.
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { newId } from '../../lib/ids.ts';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { cancel, type EntryAnswer, entryOf, join, joined, leave } from './queue-stage.ts';
import {
  type Answer,
  anEvent,
  book,
  booked,
  call,
  type Person,
  pay,
  people,
  person,
  seatsOf,
  theAdmin,
  untilStatus,
} from './stage.ts';

const door = (path: string) => `${system().urls.clientApp}${path}`;
const mine = async (who: Person, query = '') => {
  const url = door(`/waitlist-entries${query}`);
  return (await call<{ entries: EntryAnswer[] }>(url, { token: who.token })).body.entries;
};
const deleteAccount = async ({ userId, token }: Person) =>
  (await call(door(`/users/${userId}`), { method: 'DELETE', token })).status;
const untilEntry = (who: Person, entryId: string, status: string) =>
  waitUntil(`entry ${entryId} to be ${status}`, async () => {
    const { body } = await entryOf(who, entryId);
    return body.status === status && body;
  });

describe("queueing at the buyers' door (W1)", function () {
  this.timeout(60_000);
  let holder: Person;
  let eventId: string;

  before(async () => {
    holder = await person();
    eventId = await anEvent({ seats: 4 });
  });
  after(closeDatabases);

  /** A seat that the holder has, not paid yet. */
  let next = 0;
  async function takenSeat(): Promise<{ eventId: string; seatId: string; bookingId: string }> {
    // Two unpaid bookings a person and event are the limit.
    if (next > 0 && next % 2 === 0) {
      holder = await person();
      eventId = await anEvent({ seats: 4 });
    }
    const [seatId = ''] = Object.entries(await seatsOf(eventId)).find(([, { status }]) => status === 'OPEN') ?? [];
    next += 1;
    const { bookingId } = await booked(holder, eventId, [seatId]);
    return { eventId, seatId, bookingId };
  }

  it('tells a refused buyer how to queue, and the call that it names does so', async () => {
    const { eventId, seatId } = await takenSeat();
    const buyer = await person();
    const { status, body } = await book(buyer, eventId, [seatId]);
    expect([status, body.code]).to.deep.equal([409, 'seat_taken']);
    const { method, url, bodies } = (body as unknown as { waitlist: { method: string; url: string; bodies: object[] } })
      .waitlist;
    const queued = await call<EntryAnswer>(door(url), {
      method,
      token: buyer.token,
      headers: { 'idempotency-key': newId() },
      body: bodies[0],
    });
    expect(queued.status).to.equal(201);
    expect(queued.body).to.include({ eventId, seatId, status: 'WAITING', position: 1 });
  });

  it('gives 10 people 10 positions, tells each why, and moves up whoever is behind one who leaves', async () => {
    const { eventId, seatId } = await takenSeat();
    const queue = await people(10);
    const places = await Promise.all(queue.map(async (who) => ({ who, ...(await joined(who, eventId, seatId)) })));
    const inOrder = places.sort((one, other) => one.position - other.position);
    // An answer tells the position at its time, and each of them joined at the end.
    expect(inOrder.map(({ position }) => position)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

    const [first, second, third] = inOrder as [(typeof inOrder)[0], (typeof inOrder)[0], (typeof inOrder)[0]];
    expect((await mine(third.who)).map((entry) => [entry.entryId, entry.position])).to.deep.equal([[third.entryId, 3]]);
    const left = await leave(first.who, first.entryId);
    expect([left.status, left.body.status]).to.deep.equal([200, 'LEFT']);
    expect((await leave(first.who, first.entryId)).body.status).to.equal('LEFT');
    const { body: told } = await entryOf(third.who, third.entryId);
    expect(told).to.include({ status: 'WAITING', position: 2 });
    expect(told.statusText).to.equal('You are 2nd in the queue for this seat.');
    expect(told.history).to.be.an('array').and.not.to.have.length(0);
    for (const { text, at } of told.history ?? []) {
      expect(text).to.match(/^[A-Z].*\.$/);
      expect(Date.parse(at)).to.be.within(Date.now() - 60_000, Date.now() + 1_000);
    }
    expect((await mine(first.who, '?active=true')).length).to.equal(0);
    expect((await entryOf(second.who, second.entryId)).body.position).to.equal(1);
  });

  it('answers equal calls at once by one place', async () => {
    const { eventId, seatId } = await takenSeat();
    const buyer = await person();
    const key = newId();
    const answers = await Promise.all(Array.from({ length: 20 }, () => join(buyer, eventId, seatId, key)));
    for (const { status, body } of answers) {
      expect([status, body.entryId, body.position]).to.deep.equal([201, answers[0]?.body.entryId, 1]);
    }
    const stored = (await databaseOf('ticket-app')).collection('waitlist_entries');
    expect(await stored.countDocuments({ customerId: buyer.userId })).to.equal(1);
    const reused = await join(buyer, eventId, 'A-1-2', key);
    expect([reused.status, reused.body.code]).to.deep.equal([422, 'idempotency_key_reused']);
  });

  it('refuses whoever holds the seat, waits twice, wants a free seat, or one that is not there', async () => {
    const { eventId, seatId } = await takenSeat();
    const buyer = await person();
    const first = await joined(buyer, eventId, seatId);
    const free = Object.entries(await seatsOf(eventId)).find(([, { status }]) => status === 'OPEN')?.[0] ?? '';
    const told = async (answer: Promise<Answer<EntryAnswer>>) => {
      const { status, body } = await answer;
      return [status, body.code, body.field ?? body.entryId];
    };
    expect(await told(join(holder, eventId, seatId))).to.deep.equal([409, 'seat_is_yours', undefined]);
    expect(await told(join(buyer, eventId, seatId))).to.deep.equal([409, 'already_waiting', first.entryId]);
    expect(await told(join(buyer, eventId, free))).to.deep.equal([409, 'seat_open', undefined]);
    expect(await told(join(buyer, eventId, 'Z-9-9'))).to.deep.equal([404, 'seat_not_found', 'body.seatId']);
    expect(await told(join(buyer, 'no-such-event', seatId))).to.deep.equal([404, 'event_not_found', 'body.eventId']);
    expect(await mine(buyer)).to.have.length(1);
    expect(await mine(holder)).to.have.length(0);
  });

  it("answers 404 for another's place, and lets an admin read and end it", async () => {
    const { eventId, seatId } = await takenSeat();
    const [buyer, stranger, admin] = [await person(), await person(), await theAdmin()];
    const { entryId } = await joined(buyer, eventId, seatId);
    for (const { status, body } of [await entryOf(stranger, entryId), await leave(stranger, entryId)]) {
      expect([status, body.code]).to.deep.equal([404, 'waitlist_entry_not_found']);
    }
    expect((await mine(admin, `?customerId=${buyer.userId}`)).map((entry) => entry.entryId)).to.deep.equal([entryId]);
    expect((await leave(admin, entryId)).body.status).to.equal('LEFT');
    expect((await entryOf(buyer, entryId)).body.status).to.equal('LEFT');
  });

  it('brings a promoted person a booking to pay, and the place tells how it ended', async () => {
    const { eventId, seatId, bookingId } = await takenSeat();
    const [first, second] = [await person(), await person()];
    const { entryId } = await joined(first, eventId, seatId);
    const { entryId: behind } = await joined(second, eventId, seatId);
    expect((await cancel(holder, bookingId)).body.status).to.equal('CANCELLED');

    const offered = await untilEntry(first, entryId, 'OFFERED');
    const offer = await untilStatus(first, offered.bookingId ?? '', 'AWAITING_PAYMENT');
    expect(offer).to.include({ waitlistEntryId: entryId, waitlistEntryUrl: `/waitlist-entries/${entryId}` });
    expect(offer.seatIds).to.deep.equal([seatId]);
    expect(Date.parse(offer.expiresAt ?? '')).to.be.greaterThan(Date.now());
    const refused = await leave(first, entryId);
    expect([refused.status, refused.body.code, refused.body.bookingId]).to.deep.equal([
      409,
      'offered',
      offer.bookingId,
    ]);
    expect(await deleteAccount(first)).to.equal(409);

    // Declining is cancelling; the next one pays.
    expect((await call(door(refused.body.cancelUrl ?? ''), { token: first.token, body: {} })).status).to.equal(200);
    expect((await untilEntry(first, entryId, 'DECLINED')).history?.length).to.be.greaterThan(1);
    const { bookingId: theirs = '' } = await untilEntry(second, behind, 'OFFERED');
    const toPay = await untilStatus(second, theirs, 'AWAITING_PAYMENT');
    expect((await pay(toPay.invoice?.paymentUrl ?? '', 'test_success')).status).to.equal(202);
    await untilStatus(second, theirs, 'CONFIRMED');
    await untilEntry(second, behind, 'FULFILLED');
    expect((await seatsOf(eventId))[seatId]).to.deep.equal({ status: 'BOOKED', bookingId: theirs });
  });

  it('hears of the end by a notification, without being asked', async () => {
    const { eventId, seatId } = await takenSeat();
    const buyer = await person();
    const { entryId } = await joined(buyer, eventId, seatId);
    const { token } = await theAdmin();
    const closed = await call(`${system().urls.ticketApp}/events/${eventId}/seats/${seatId}/close`, {
      token,
      body: { reason: 'broken' },
    });
    expect(closed.status).to.equal(200);
    const stored = (await databaseOf('client-app')).collection('waitlist_entries');
    await waitUntil('the notification', async () => {
      const entry = await stored.findOne({ _id: entryId as never });
      return entry?.status === 'CLOSED' && entry.active === false;
    });
  });

  it('lets an account go that waits, and leaves its queue', async () => {
    const { eventId, seatId } = await takenSeat();
    const [first, second] = [await person(), await person()];
    await join(first, eventId, seatId);
    const { entryId } = await joined(second, eventId, seatId);
    expect(await deleteAccount(first)).to.equal(204);
    expect((await entryOf(second, entryId)).body.position).to.equal(1);
  });
});
