import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { system } from '../engines.ts';
import { someSeats } from '../factories/seats.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases } from './databases.ts';
import { anEvent, book, booked, call, pay, person, seatsOf, theAdmin, untilStatus } from './stage.ts';

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

/** What an admin does to an event. */
async function move(eventId: string, verb: 'end' | 'cancel'): Promise<void> {
  const { token } = await theAdmin();
  const { status } = await call(`${system().urls.ticketApp}/events/${eventId}/${verb}`, { token, body: {} });
  expect(status).to.equal(200);
}

describe('the limits of a person and event', function () {
  this.timeout(60_000);
  after(closeDatabases);

  it('a third unpaid booking is 409 limit_reached, until one is cancelled or paid', async () => {
    const buyer = await person();
    const eventId = await anEvent({ seats: 6 });
    const first = await booked(buyer, eventId, ['A-1-1']);
    const second = await booked(buyer, eventId, ['A-1-2']);
    const third = await book(buyer, eventId, ['A-1-3']);
    expect([third.status, third.body.code]).to.deep.equal([409, 'limit_reached']);
    await waitUntil('the seat to be open', async () => (await seatsOf(eventId))['A-1-3']?.status === 'OPEN');

    await pay(first.paymentUrl, 'test_success');
    await untilStatus(buyer, first.bookingId, 'CONFIRMED');
    await waitUntil('room for one more', async () => (await book(buyer, eventId, ['A-1-4'])).status === 201);
    expect((await book(buyer, eventId, ['A-1-5'])).body.code).to.equal('limit_reached');

    await call(`${system().urls.clientApp}/bookings/${second.bookingId}/cancel`, { token: buyer.token, body: {} });
    await waitUntil('room again', async () => (await book(buyer, eventId, ['A-1-5'])).status === 201);
    expect((await book(await person(), eventId, ['A-1-6'])).status).to.equal(201);
  });

  it('an eleventh seat is 409 limit_reached, also when the ten are paid, and at another event it is not', async () => {
    const buyer = await person();
    const eventId = await anEvent({ seats: 12 });
    const ten = someSeats(10).map((seat) => seat.seatId);
    const booking = await booked(buyer, eventId, ten);
    const unpaid = await book(buyer, eventId, ['A-1-11']);
    expect([unpaid.status, unpaid.body.code]).to.deep.equal([409, 'limit_reached']);
    await pay(booking.paymentUrl, 'test_success');
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED');
    const paid = await book(buyer, eventId, ['A-1-11']);
    expect([paid.status, paid.body.code]).to.deep.equal([409, 'limit_reached']);
    await waitUntil('the seat to be open', async () => (await seatsOf(eventId))['A-1-11']?.status === 'OPEN');
    expect((await book(buyer, await anEvent(), ['A-1-1'])).status).to.equal(201);
  });
});

describe('an event that is not on sale', function () {
  this.timeout(60_000);
  after(closeDatabases);

  const cases: Record<string, () => Promise<string>> = {
    'is sold from tomorrow on': () => anEvent({ changes: { salesStartAt: inHours(24) } }),
    'was sold until an hour ago': () => anEvent({ changes: { salesStartAt: inHours(-2), salesEndAt: inHours(-1) } }),
    'is a draft': () => anEvent({ publish: false }),
    'has ended': async () => {
      const eventId = await anEvent();
      await move(eventId, 'end');
      return eventId;
    },
    'is cancelled': async () => {
      const eventId = await anEvent();
      await move(eventId, 'cancel');
      return eventId;
    },
  };
  for (const [what, make] of Object.entries(cases)) {
    it(`because it ${what}: 409 not_on_sale, and the seat stays free`, async () => {
      const eventId = await make();
      const { status, body } = await book(await person(), eventId, ['A-1-1']);
      expect([status, body.code]).to.deep.equal([409, 'not_on_sale']);
      expect((await seatsOf(eventId))['A-1-1']).to.deep.equal({ status: 'OPEN', bookingId: undefined });
    });
  }

  it('a draft is not shown to buyers: 404', async () => {
    const eventId = await anEvent({ publish: false });
    for (const path of ['', '/seats']) {
      const { status, body } = await call(`${system().urls.clientApp}/events/${eventId}${path}`);
      expect([status, body.code]).to.deep.equal([404, 'event_not_found']);
    }
  });
});
