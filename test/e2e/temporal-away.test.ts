import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases } from './databases.ts';
import { anEvent, book, booked, bookingOf, call, pay, person, seatsOf, untilStatus } from './stage.ts';

describe('Temporal is killed with -9, and away for a while', function () {
  this.timeout(180_000);
  after(closeDatabases);

  it('costs time, and nothing else: reads go on, a payment is heard later, a new booking is unknown until it is known', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    const { bookingId, paymentUrl } = await booked(buyer, eventId, ['A-1-1']);
    await system().kill('temporal');
    try {
      expect((await pay(paymentUrl, 'test_success')).status).to.equal(202);
      const taken = await book(await person(), eventId, ['A-1-1']);
      expect([taken.status, taken.body.code]).to.deep.equal([409, 'seat_taken']);

      const unsure = await book(buyer, eventId, ['A-1-2']);
      expect([unsure.status, unsure.body.status]).to.deep.equal([202, 'REQUESTED']);
      expect((await call(`${system().urls.clientApp}/events/${eventId}`)).status).to.equal(200);
      expect((await bookingOf(buyer, bookingId)).body.status).to.equal('AWAITING_PAYMENT');
      const failed = await untilStatus(buyer, unsure.body.bookingId ?? '', 'FAILED', 60_000);
      expect(failed.reason).to.equal('not_started');
    } finally {
      await system().restart('temporal');
    }
    await untilStatus(buyer, bookingId, 'CONFIRMED', 120_000);
    await waitUntil('the other seat to be open', async () => (await seatsOf(eventId))['A-1-2']?.status === 'OPEN');
    await booked(buyer, eventId, ['A-1-2']);
  });
});
