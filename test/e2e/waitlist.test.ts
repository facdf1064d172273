import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases } from './databases.ts';
import { cancel, entryOf, joined, offerTo, queueOf, untilEntryIs } from './queue-stage.ts';
import { anEvent, book, booked, type Person, pay, people, seatsOf, untilStatus } from './stage.ts';

const seatId = 'A-1-1';

describe('the queue for a seat', function () {
  this.timeout(60_000);
  after(closeDatabases);

  it('gives a seat that comes back to whoever came first, who pays and has a ticket', async () => {
    const [holder, first, second] = (await people(3)) as [Person, Person, Person];
    const eventId = await anEvent();
    const booking = await booked(holder, eventId, [seatId]);
    const taken = await book(first, eventId, [seatId]);
    expect(taken.body).to.include({ code: 'seat_taken', canQueue: true });
    const entries = [await joined(first, eventId, seatId), await joined(second, eventId, seatId)];
    expect(entries.map(({ position }) => position)).to.deep.equal([1, 2]);

    expect((await cancel(holder, booking.bookingId)).status).to.equal(200);
    const offer = await offerTo(first, entries[0]!.entryId);
    expect(offer).to.include({ waitlistEntryId: entries[0]!.entryId, status: 'AWAITING_PAYMENT' });
    expect((await book(second, eventId, [seatId])).body.code).to.equal('seat_taken');
    await pay(offer.paymentUrl, 'test_success');
    await untilStatus(first, offer.bookingId, 'CONFIRMED');
    await untilEntryIs(entries[0]!.entryId, 'FULFILLED');
    expect((await seatsOf(eventId))[seatId]).to.deep.equal({ status: 'BOOKED', bookingId: offer.bookingId });
    const told = await waitUntil('client-app to know', async () => {
      const { body } = await entryOf(first, entries[0]!.entryId);
      return body.status === 'FULFILLED' && body;
    });
    expect(told.bookingId).to.equal(offer.bookingId);
    expect((await queueOf(eventId, seatId)).map(({ entryId, position }) => [entryId, position])).to.deep.equal([
      [entries[1]!.entryId, 1],
    ]);
  });
});
