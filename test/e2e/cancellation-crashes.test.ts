import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { createBookingLedger } from '../../services/ticket-app/models/booking-ledger.ts';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { cancel, confirmed, expectGivenBack, recoveryMs } from './cancellation-stage.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { faultAtX } from './organizer-stage.ts';
import { anEvent, booked, pay, person, untilStatus } from './stage.ts';

describe('kill -9 during a cancellation', function () {
  this.timeout(180_000);
  after(closeDatabases);

  it('of the worker while it releases: seat and money come back all the same', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    const booking = await confirmed(buyer, eventId);
    await faultAtX({ eventId, fault: 'timeout', call: 'release', times: 1 });
    expect((await cancel(buyer, booking.bookingId)).status).to.equal(200);
    await system().kill('ticketing-worker');
    await system().restart('ticketing-worker');
    await expectGivenBack(buyer, booking);
  });

  it('of the worker after the payment, before the ticket: an accepted cancel is kept, and the money comes back', async () => {
    const buyer = await person();
    const booking = await booked(buyer, await anEvent(), ['A-1-1']);
    await system().kill('ticketing-worker');
    await pay(booking.paymentUrl, 'test_success');
    const invoices = (await databaseOf('payment-app')).collection<{ _id: string }>('invoices');
    await waitUntil('the workflow to be told', () =>
      invoices.findOne({ _id: booking.bookingId, 'deliveries.deliveredAt': { $exists: true } }),
    );
    const { status, body } = await cancel(buyer, booking.bookingId);
    expect([status, body.status]).to.deep.equal([202, 'AWAITING_PAYMENT']);
    await system().restart('ticketing-worker');
    await untilStatus(buyer, booking.bookingId, 'CANCELLED', recoveryMs);
    await expectGivenBack(buyer, booking);
  });

  it('of the worker before it begins: 202, and it is done when a worker is there', async () => {
    const buyer = await person();
    const booking = await confirmed(buyer, await anEvent());
    await system().kill('ticketing-worker');
    const { status, body } = await cancel(buyer, booking.bookingId);
    expect([status, body.status, body.reason]).to.deep.equal([202, 'CANCELLING', 'cancelled_by_customer']);
    expect(body).not.to.have.property('ticket');
    await system().restart('ticketing-worker');
    await untilStatus(buyer, booking.bookingId, 'CANCELLED', recoveryMs);
    await expectGivenBack(buyer, booking);
  });

  it('of ticket-app at any moment of the call: asked again, it is one cancellation', async () => {
    for (const afterMs of [0, 5, 15, 40]) {
      const buyer = await person();
      const booking = await confirmed(buyer, await anEvent());
      const asked = cancel(buyer, booking.bookingId);
      await delay(afterMs);
      await system().kill('ticket-app');
      expect((await asked).status).to.be.oneOf([200, 202, 503]);
      await system().restart('ticket-app');
      await waitUntil(
        'ticket-app to answer',
        async () => (await cancel(buyer, booking.bookingId)).status === 200,
        recoveryMs,
      );
      await expectGivenBack(buyer, booking);
    }
  });

  it('of ticket-app between its write and the start of the workflow: the sweep carries it on (K-3)', async () => {
    const buyer = await person();
    const booking = await confirmed(buyer, await anEvent());
    // What it leaves behind in that moment, exactly.
    const ledger = createBookingLedger(await databaseOf('ticket-app'));
    const by = { reason: 'cancelled_by_customer', text: 'You asked to cancel this booking.' } as const;
    await ledger.beginCancelling(await ledger.get(booking.bookingId), by);
    await untilStatus(buyer, booking.bookingId, 'CANCELLED', recoveryMs);
    await expectGivenBack(buyer, booking);
  });
});
