import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { faultAtX, holdsAtX } from './organizer-stage.ts';
import { anEvent, atTicketApp, book, booked, invoiceOf, pay, person, seatsOf, untilStatus } from './stage.ts';

/** A killed worker's task goes to the next one after 5 s; the rest is for busy machines. */
const recoveryMs = 45_000;

describe('kill -9', function () {
  this.timeout(120_000);
  after(async () => {
    await closeDatabases();
  });

  it('of the worker while a booking holds: the booking ends as if nothing had happened', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    await faultAtX({ eventId, fault: 'timeout', call: 'hold', times: 1 });
    const answer = book(buyer, eventId, ['A-1-1']);
    await waitUntil('the hold to be made', async () => (await holdsAtX(eventId)).length === 1);
    await system().kill('ticketing-worker');
    await system().restart('ticketing-worker');
    const { bookingId } = (await answer).body;
    if (!bookingId) throw new Error('The booking has no id.');
    const booking = await untilStatus(buyer, bookingId, 'AWAITING_PAYMENT', recoveryMs);
    await pay(booking.invoice?.paymentUrl ?? '', 'test_success');
    await untilStatus(buyer, bookingId, 'CONFIRMED');
    expect((await holdsAtX(eventId)).map((hold) => hold.state)).to.deep.equal(['held']);
    expect((await seatsOf(eventId))['A-1-1']).to.deep.equal({ status: 'BOOKED', bookingId });
  });

  it('of the worker while a booking waits for its payment: paid meanwhile, it is confirmed after', async () => {
    const buyer = await person();
    const booking = await booked(buyer, await anEvent(), ['A-1-1']);
    await system().kill('ticketing-worker');
    await pay(booking.paymentUrl, 'test_success');
    await waitUntil('the payment', async () => (await invoiceOf(booking.bookingId)).status === 'PAID');
    await system().restart('ticketing-worker');
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED', recoveryMs);
  });

  it('of client-app during the call: its sweep finds the booking, and the same key finds it too', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    await faultAtX({ eventId, fault: 'timeout', call: 'hold', times: 1 });
    const answer = book(buyer, eventId, ['A-1-1'], 'the-key-of-this-test').catch(() => undefined);
    await waitUntil('the hold to be made', async () => (await holdsAtX(eventId)).length === 1);
    await system().kill('client-app');
    await answer;
    await system().restart('client-app');
    const again = await book(buyer, eventId, ['A-1-1'], 'the-key-of-this-test');
    const { bookingId } = again.body;
    if (!bookingId) throw new Error(`The booking has no id: ${JSON.stringify(again)}`);
    const booking = await untilStatus(buyer, bookingId, 'AWAITING_PAYMENT', recoveryMs);
    expect(booking.seatIds).to.deep.equal(['A-1-1']);
    const stored = await (await databaseOf('client-app'))
      .collection('bookings')
      .countDocuments({ customerId: buyer.userId });
    expect(stored).to.equal(1);
  });

  it('of payment-app during a try: the try settles after its restart, and the booking is confirmed', async () => {
    const buyer = await person();
    const booking = await booked(buyer, await anEvent(), ['A-1-1']);
    await pay(booking.paymentUrl, 'test_slow_success', { delayMs: 1_000 });
    await system().kill('payment-app');
    await system().restart('payment-app');
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED', recoveryMs);
    expect((await invoiceOf(booking.bookingId)).attempts).to.have.length(1);
  });

  it('of ticket-app when the webhook is on its way: it is delivered again', async () => {
    const buyer = await person();
    const booking = await booked(buyer, await anEvent(), ['A-1-1']);
    await system().kill('ticket-app');
    await pay(booking.paymentUrl, 'test_success');
    await waitUntil('the payment', async () => (await invoiceOf(booking.bookingId)).status === 'PAID');
    await system().restart('ticket-app');
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED', recoveryMs);
  });

  it('a webhook that is lost for ever costs the rest of the hold, not the money (K-3)', async () => {
    const buyer = await person();
    const eventId = await anEvent({ holdSeconds: 15 });
    const booking = await booked(buyer, eventId, ['A-1-1']);
    await system().kill('ticket-app');
    await pay(booking.paymentUrl, 'test_success');
    await waitUntil('the payment', async () => (await invoiceOf(booking.bookingId)).status === 'PAID');
    const invoices = (await databaseOf('payment-app')).collection<{ _id: string }>('invoices');
    const lost = await invoices.updateOne({ _id: booking.bookingId }, { $set: { deliveries: [] } });
    expect(lost.modifiedCount).to.equal(1);
    await system().restart('ticket-app');
    expect((await atTicketApp(booking.bookingId)).body.status).to.equal('AWAITING_PAYMENT');
    const confirmed = await untilStatus(buyer, booking.bookingId, 'CONFIRMED', recoveryMs);
    const at = confirmed.timeline.find((entry) => entry.step === 'confirmed')?.at ?? '';
    expect(Date.parse(at)).to.be.at.least(Date.parse(booking.expiresAt ?? ''));
  });

  it('of every database engine, one after the other: what was acknowledged is still there', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    const booking = await booked(buyer, eventId, ['A-1-1']);
    await closeDatabases();
    for (const engine of ['mongodb-client', 'mongodb-ticket', 'mongodb-payment', 'mongodb-organizers']) {
      if (!system().processes.includes(engine)) continue;
      await system().kill(engine);
      await system().restart(engine);
    }
    await waitUntil('payment-app to answer again', async () => {
      const paid = await pay(booking.paymentUrl, 'test_success').catch(() => undefined);
      return paid?.status === 202 || paid?.status === 409;
    });
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED', recoveryMs);
    expect((await holdsAtX(eventId)).map((hold) => hold.state)).to.deep.equal(['held']);
  });
});
