// What a queue refuses, how it ends, and that it costs nothing when nobody waits.
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { bookingWorkflowId } from '../../workflows/booking/booking.messages.ts';
import { seatWaitlistWorkflowId } from '../../workflows/seat-waitlist/seat-waitlist.messages.ts';
import { system } from '../engines.ts';
import { someSeats } from '../factories/seats.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { cancel, entryAtTicketApp, join, joined, leave, offerTo, queueOf, untilEntryIs } from './queue-stage.ts';
import { anEvent, booked, call, type Person, pay, people, person, seatsOf, theAdmin, untilStatus } from './stage.ts';
import { closeTemporal, costOf, runs, temporal, wasStarted } from './temporal-stage.ts';

const seatId = 'A-1-1';

describe('a queue', function () {
  this.timeout(90_000);
  after(async () => {
    await closeDatabases();
    await closeTemporal();
  });

  const workflowOf = (eventId: string, seat = seatId) => seatWaitlistWorkflowId({ eventId, seatId: seat });
  const untilItEnds = (workflowId: string) => waitUntil(`${workflowId} to end`, async () => !(await runs(workflowId)));
  const closeSeat = async (eventId: string, seat: string) => {
    const { token } = await theAdmin();
    const path = `${system().urls.ticketApp}/events/${eventId}/seats/${seat}/close`;
    expect((await call(path, { token, body: { reason: 'broken' } })).status).to.equal(200);
  };
  /** What client-app was told of an entry and has acknowledged: by webhook-id, in the order of the deliveries. */
  const newsOf = async (entryId: string) => {
    const deliveries = await (await databaseOf('ticket-app'))
      .collection<{ _id: string; type: string; deliveredAt: Date | null; tries: number }>('webhook_deliveries')
      .find({ entryId } as never)
      .sort({ createdAt: 1 })
      .toArray();
    return deliveries.map(({ _id, type, deliveredAt, tries }) => ({
      _id,
      type,
      isDelivered: deliveredAt !== null,
      tries,
    }));
  };
  const atClientApp = async (entryId: string) =>
    (await databaseOf('client-app'))
      .collection<{ _id: string; status: string; version: number }>('waitlist_entries')
      .findOne({ _id: entryId });

  it('of a free seat does not begin, and starts no workflow', async () => {
    const [buyer, holder] = (await people(2)) as [Person, Person];
    const eventId = await anEvent();
    expect((await join(buyer, eventId, seatId)).body.code).to.equal('seat_open');
    await closeSeat(eventId, 'A-1-2');
    expect((await join(buyer, eventId, 'A-1-2')).body.code).to.equal('seat_closed');
    await booked(holder, eventId, ['A-1-3']);
    expect((await join(holder, eventId, 'A-1-3')).body.code).to.equal('seat_is_yours');
    for (const seat of [seatId, 'A-1-2', 'A-1-3']) expect(await wasStarted(workflowOf(eventId, seat))).to.equal(false);
  });

  it('that is empty costs nothing: its workflow ends with the last who leaves, and begins with the next who comes', async () => {
    const [holder, first, second] = (await people(3)) as [Person, Person, Person];
    const eventId = await anEvent();
    const { bookingId } = await booked(holder, eventId, [seatId]);
    const { entryId } = await joined(first, eventId, seatId);
    expect(await runs(workflowOf(eventId))).to.equal(true);
    await leave(first, entryId);
    await untilItEnds(workflowOf(eventId));

    const { entryId: next, position } = await joined(second, eventId, seatId);
    expect(position).to.equal(1);
    await cancel(holder, bookingId);
    const offer = await offerTo(second, next);
    await pay(offer.paymentUrl, 'test_success');
    await untilStatus(second, offer.bookingId, 'CONFIRMED');
    await untilEntryIs(next, 'FULFILLED');
    await untilItEnds(workflowOf(eventId));
    await untilItEnds(bookingWorkflowId(offer.bookingId));
    const open: string[] = [];
    const list = temporal().workflow.list({ query: `KursiEventId = '${eventId}' AND ExecutionStatus = 'Running'` });
    for await (const { workflowId } of list) open.push(workflowId);
    expect(open).to.deep.equal([]);

    const actor = await costOf(workflowOf(eventId));
    const booking = await costOf(bookingWorkflowId(offer.bookingId));
    console.log(`      a queue of one, join to ticket: ${actor.events} events, ${actor.tasks} tasks;`);
    console.log(`      the promoted booking: ${booking.events} events, ${booking.tasks} tasks`);
    expect(actor.events).to.be.at.most(34);
    expect(actor.tasks).to.be.at.most(6);
    expect(booking.events).to.be.at.most(52);
    expect(booking.tasks).to.be.at.most(8);
  });

  it('takes a person for ten seats, not for an eleventh until they leave one', async () => {
    const [buyer, one, other] = (await people(3)) as [Person, Person, Person];
    const eventId = await anEvent({ seats: someSeats(11) });
    const seatIds = someSeats(11).map((seat) => seat.seatId);
    await booked(one, eventId, seatIds.slice(0, 10));
    await booked(other, eventId, seatIds.slice(10));
    const entries: string[] = [];
    for (const seat of seatIds.slice(0, 10)) entries.push((await joined(buyer, eventId, seat)).entryId);
    const eleventh = seatIds[10] ?? '';
    const refused = await join(buyer, eventId, eleventh);
    expect([refused.status, refused.body.code]).to.deep.equal([409, 'waiting_limit_reached']);
    await leave(buyer, entries[3] ?? '');
    expect((await joined(buyer, eventId, eleventh)).position).to.equal(1);
  });

  it('of a seat that is closed ends, and each who waits is told once', async () => {
    const [holder, ...buyers] = (await people(4)) as [Person, ...Person[]];
    const eventId = await anEvent();
    await booked(holder, eventId, [seatId]);
    const entries: string[] = [];
    for (const buyer of buyers) entries.push((await joined(buyer, eventId, seatId)).entryId);
    await closeSeat(eventId, seatId);
    for (const entryId of entries) {
      await untilEntryIs(entryId, 'CLOSED');
      await waitUntil('client-app to know', async () => (await atClientApp(entryId))?.status === 'CLOSED');
      const news = await newsOf(entryId);
      expect(news.map(({ type }) => type)).to.deep.equal(['waitlist.closed']);
    }
    await untilItEnds(workflowOf(eventId));
    expect((await seatsOf(eventId))[seatId]?.status).to.equal('ON_GOING');
    expect((await join(await person(), eventId, seatId)).body.code).to.equal('seat_closed');
  });

  it('ends when the event is over, and the seat opens', async () => {
    const [holder, first] = (await people(2)) as [Person, Person];
    const soon = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
    const eventId = await anEvent({
      changes: { salesStartAt: soon(-3_600), salesEndAt: soon(5), startsAt: soon(6), endsAt: soon(8), holdSeconds: 15 },
    });
    const { bookingId } = await booked(holder, eventId, [seatId]);
    const { entryId } = await joined(first, eventId, seatId);
    await untilEntryIs(entryId, 'CLOSED');
    expect((await join(await person(), eventId, seatId)).body.code).to.equal('event_over');
    await untilItEnds(workflowOf(eventId));
    await cancel(holder, bookingId);
    await waitUntil('the seat to open', async () => (await seatsOf(eventId))[seatId]?.status === 'OPEN');
    expect(await queueOf(eventId, seatId)).to.deep.equal([]);
  });

  it('tells client-app each change once and in order, also one that it was away for', async () => {
    const [holder, first] = (await people(2)) as [Person, Person];
    const eventId = await anEvent({ changes: { offerSeconds: 2 } });
    const { bookingId } = await booked(holder, eventId, [seatId]);
    const { entryId } = await joined(first, eventId, seatId);
    const token = system().env.TICKET_APP_SERVICE_SECRETS;
    await system().kill('client-app');
    await call(`${system().urls.ticketApp}/bookings/${bookingId}/cancel`, {
      token,
      body: { reason: 'cancelled_by_customer' },
    });
    await untilEntryIs(entryId, 'LAPSED');
    await system().restart('client-app');
    await waitUntil('client-app to know', async () => (await atClientApp(entryId))?.status === 'LAPSED', 30_000);
    expect((await atClientApp(entryId))?.version).to.equal((await entryAtTicketApp(entryId)).version);
    const news = await waitUntil(
      'every delivery',
      async () => {
        const all = await newsOf(entryId);
        return all.every(({ isDelivered }) => isDelivered) && all;
      },
      30_000,
    );
    expect(news.map(({ _id, type }) => [_id, type])).to.deep.equal([
      [`${entryId}.2.waitlist.offered`, 'waitlist.offered'],
      [`${entryId}.3.waitlist.passed`, 'waitlist.passed'],
    ]);
    // client-app remembers what it has done: each once.
    const done = await (await databaseOf('client-app'))
      .collection<{ _id: string }>('received_webhooks')
      .countDocuments({ _id: { $in: news.map(({ _id }) => _id) } });
    expect(done).to.equal(2);
  });
});
