import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { createLogger } from '../../lib/logging/logger.ts';
import { createReleaseHold } from '../../services/ticket-app/commands/release-hold.ts';
import { createBookingLedger } from '../../services/ticket-app/models/booking-ledger.ts';
import { createSeatLedger } from '../../services/ticket-app/models/seat-ledger.ts';
import { paymentAppAt } from '../../services/ticket-app/neighbours/payment-app.ts';
import { system } from '../engines.ts';
import { cancel, expectGivenBack } from './cancellation-stage.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { anEvent, atTicketApp, booked, invoiceOf, pay, person, seatsOf, untilStatus } from './stage.ts';
import { closeTemporal, temporal } from './temporal-stage.ts';

/** The command on the running system, in this process: `look` happens once it has seen the booking unpaid. */
async function releaseHold(bookingId: string, look: () => Promise<unknown>) {
  const { urls, env } = system();
  const paymentApp = paymentAppAt(urls.paymentApp, env.PAYMENT_APP_SERVICE_SECRETS ?? '');
  const connection = await databaseOf('ticket-app');
  const release = createReleaseHold({
    bookings: createBookingLedger(connection),
    seats: createSeatLedger(connection),
    paymentApp: {
      ...paymentApp,
      async invoice(id) {
        const seen = await paymentApp.invoice(id);
        await look();
        return seen;
      },
    },
    temporal: temporal(),
    log: createLogger('test', 'silent'),
  });
  return release(bookingId, { dryRun: false, note: 'A double booking.' });
}

describe('the release of a hold that is paid meanwhile', function () {
  this.timeout(90_000);
  after(async () => {
    await closeTemporal();
    await closeDatabases();
  });

  async function expectSold(bookingId: string, eventId: string): Promise<void> {
    expect((await seatsOf(eventId))['A-1-1']).to.deep.equal({ status: 'BOOKED', bookingId });
    expect((await invoiceOf(bookingId)).status).to.equal('PAID');
    // No wish is left that would cancel it later.
    const bookings = (await databaseOf('ticket-app')).collection<{ _id: string }>('bookings');
    const kept = await bookings.findOne({ _id: bookingId });
    expect(kept).not.to.have.property('cancelAsked');
    expect((await atTicketApp(bookingId)).body.refund).to.equal(undefined);
  }

  it('leaves it sold when it is confirmed between the look and the release', async () => {
    const buyer = await person();
    const { bookingId, eventId, paymentUrl } = await booked(buyer, await anEvent(), ['A-1-1']);
    const answer = await releaseHold(bookingId, async () => {
      await pay(paymentUrl, 'test_success');
      await untilStatus(buyer, bookingId, 'CONFIRMED');
    });
    expect(answer).to.include({ plan: 'sold', outcome: 'refused' });
    await expectSold(bookingId, eventId);
  });

  it('leaves it sold when a payment is being processed as its workflow is asked', async () => {
    const buyer = await person();
    const { bookingId, eventId, paymentUrl } = await booked(buyer, await anEvent(), ['A-1-1']);
    const answer = await releaseHold(bookingId, () => pay(paymentUrl, 'test_slow_success', { delayMs: 1_500 }));
    expect(answer).to.include({ plan: 'sold', outcome: 'refused' });
    await untilStatus(buyer, bookingId, 'CONFIRMED');
    await expectSold(bookingId, eventId);
  });

  it('returns the money when the buyer cancels, too, while the payment is being processed', async () => {
    const buyer = await person();
    const booking = await booked(buyer, await anEvent(), ['A-1-1']);
    let cancelled: ReturnType<typeof cancel> | undefined;
    await releaseHold(booking.bookingId, async () => {
      await pay(booking.paymentUrl, 'test_slow_success', { delayMs: 1_500 });
      cancelled = cancel(buyer, booking.bookingId);
    });
    expect((await cancelled)?.status).to.be.oneOf([200, 202]);
    const { reason } = await untilStatus(buyer, booking.bookingId, 'CANCELLED');
    expect(reason).to.equal('cancelled_by_customer');
    await expectGivenBack(buyer, booking);
  });
});
