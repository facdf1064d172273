import { expect } from 'chai';
import { after, before, beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { serviceSecret, startTestPaymentApp, type TestPaymentApp } from '../../../test/support/payment-app.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { createBookingLedger } from '../models/booking-ledger.ts';
import { createTicketRecords } from '../models/ticket-records.ts';
import { paymentAppAt } from '../neighbours/payment-app.ts';
import { createRefundBooking } from './refund-booking.ts';

describe('the refund of a booking', () => {
  const database = useDatabase('ticket-app');
  let payments: TestPaymentApp;
  let bookingId: string;
  const bookings = () => createBookingLedger(database());
  const tickets = () => createTicketRecords(database());
  const refund = (url = payments.url) =>
    createRefundBooking({
      bookings: bookings(),
      tickets: tickets(),
      paymentApp: paymentAppAt(url, serviceSecret),
    })(bookingId);

  before(async () => {
    payments = await startTestPaymentApp('refund-booking');
  });
  after(() => payments.stop());

  beforeEach(async () => {
    bookingId = newId();
    await bookings().begin({
      _id: bookingId,
      runId: 'run-1',
      customerId: 'ayu',
      eventId: 'gamelan',
      seatIds: ['A-1-1'],
      claimBefore: new Date(Date.now() + 60_000),
    });
    const invoice = await payments.create({ bookingId });
    await payments.pay(invoice, 'test_success');
    await payments.becomes(bookingId, 'PAID');
  });

  it('bars the ticket before it asks for the money: one that wakes up later is not issued (K-2)', async () => {
    const nobody = 'http://127.0.0.1:9';
    expect(await refund(nobody).catch((error: Error) => error.name)).to.equal('NeighbourUnavailable');
    expect((await tickets().issue(bookingId)).status).to.equal('REVOKED');
    expect((await payments.invoiceOf(bookingId)).status).to.equal('PAID');
  });

  it('returns no money for a booking that has a ticket', async () => {
    await tickets().issue(bookingId);
    expect(await refund()).to.equal('has_ticket');
    expect((await payments.invoiceOf(bookingId)).status).to.equal('PAID');
    expect((await bookings().get(bookingId)).refund).to.equal(undefined);
  });

  it('is in the end either a refund or a ticket, whoever comes first', async () => {
    const [answer, ticket] = await Promise.all([refund(), tickets().issue(bookingId)]);
    if (ticket.status === 'VALID') expect(answer).to.equal('has_ticket');
    else expect(answer).to.be.oneOf(['pending', 'succeeded']);
  });

  it('is one refund, however often it is asked for, and is written down once (K-1)', async () => {
    await Promise.all([refund(), refund(), refund()]);
    await waitUntil('the money to be back', async () => (await refund()) === 'succeeded');
    expect(await payments.becomes(bookingId, 'REFUNDED')).to.deep.include({ amount: 2_500_000 });
    const { timeline, refund: told } = await bookings().get(bookingId);
    expect(timeline.filter(({ step }) => step === 'refunded')).to.have.length(1);
    expect(told).to.include({ refundId: bookingId, status: 'succeeded', amount: 2_500_000 });
  });

  it('of a lost seat says once that the money comes back, and that it has come when it has', async () => {
    await bookings().end(bookingId, 'FAILED', 'seat_lost_after_payment', 'Lost.');
    await waitUntil('the money', async () => (await refund()) === 'succeeded');
    const { timeline } = await bookings().get(bookingId);
    expect(timeline.at(-1)?.text).to.match(
      /has been returned to you\. Reason: The seat could not be confirmed after payment\.$/,
    );
  });
});
