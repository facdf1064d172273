import { ApplicationFailure } from '@temporalio/common';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { newId } from '../../lib/ids.ts';
import { answerLost, useBookingRig } from '../../test/support/booking-rig.ts';
import { waitUntil } from '../../test/wait-until.ts';
import {
  answerMarginMs,
  type BookingOutcome,
  cancel,
  cancelUnlessPaid,
  type PaymentSettled,
  paymentSettled,
  refundSettled,
} from './booking.messages.ts';

describe('the order in which a booking does its steps', function () {
  this.timeout(60_000);
  const rig = useBookingRig();
  const { invoice, hold } = {
    invoice: (bookingId: string) => rig.parts.paymentApp.invoiceOf(bookingId),
    hold: (bookingId: string) => rig.parts.organizer.ledger.find(bookingId),
  };

  type Started = Awaited<ReturnType<typeof rig.start>>;
  const outcomeOf = async ({ handle }: Started) => (await handle.result()) as BookingOutcome;
  const tell = ({ handle }: Started, invoiceStatus: PaymentSettled['invoiceStatus']) =>
    handle.signal(paymentSettled, { attemptId: newId(), invoiceStatus, triesLeft: 0 });
  const releases = ['releaseAtOrganizer', 'releaseSeats'];
  const order = (...steps: string[]) => rig.asked.filter((name) => steps.includes(name));

  /** Takes the seat away from the booking, as no step of ours does. */
  async function loseSeat({ bookingId, eventId }: Started): Promise<void> {
    const seat = { eventId, seatId: 'A-1-1', bookingId };
    await rig.seats().release({ ...seat, barUntil: new Date(Date.now() + 60_000) });
  }

  async function paid(booking: Started): Promise<void> {
    await rig.pay(booking.bookingId, 'test_success');
    await rig.parts.paymentApp.becomes(booking.bookingId, 'PAID');
  }

  it('at the end of the hold: void first, and only then are seats released (void-first)', async () => {
    const booking = await rig.start({ holdSeconds: 1 });
    expect(await outcomeOf(booking)).to.deep.equal({ status: 'FAILED', reason: 'payment_expired' });
    expect(order('voidInvoice', 'endBooking', ...releases)).to.deep.equal(['voidInvoice', 'endBooking', ...releases]);
    expect((await invoice(booking.bookingId)).status).to.equal('VOIDED');
  });

  it('an offer at whose end the payment app is away keeps the place in the queue; another booking does not', async () => {
    // Longer than one attempt takes, as an outage is: 5 s.
    const away = () => {
      const until = Date.now() + 6_000;
      return async (real: () => Promise<unknown>) => {
        if (Date.now() < until) throw new Error('The payment app is away.');
        return real();
      };
    };
    rig.between.voidInvoice = async (real) => {
      rig.between.voidInvoice = away();
      return rig.between.voidInvoice(real);
    };
    const offers = [await rig.start({ holdSeconds: 1, waitlistEntryId: newId() }), await rig.start({ holdSeconds: 1 })];
    const reasons = (await Promise.all(offers.map(outcomeOf))).map(({ reason }) => reason);
    expect(reasons).to.deep.equal(['payment_unavailable', 'payment_expired']);
    rig.between = {};
    const inTime = await rig.start({ holdSeconds: 1, waitlistEntryId: newId() });
    expect(await outcomeOf(inTime)).to.include({ reason: 'payment_expired' });
  });

  it('when the void says PAID: nobody signalled it, and it is confirmed all the same (K-3)', async () => {
    const booking = await rig.start({ holdSeconds: 3 });
    await paid(booking);
    expect(await outcomeOf(booking)).to.deep.equal({ status: 'CONFIRMED' });
    expect(rig.asked).to.include.members(['voidInvoice', 'confirmSeats', 'issueTicket']);
    expect(rig.asked).not.to.include.oneOf([...releases, 'endBooking']);
  });

  it('when the void says PROCESSING: it asks again before it releases anything', async () => {
    const booking = await rig.start({ holdSeconds: 2 });
    await rig.pay(booking.bookingId, 'test_slow_decline', 4_000);
    expect(await outcomeOf(booking)).to.include({ reason: 'payment_expired' });
    expect(rig.timesAsked('voidInvoice')).to.be.at.least(2);
    expect(order('voidInvoice', ...releases).slice(-3)).to.deep.equal(['voidInvoice', ...releases]);
  });

  it('PAID beats any decline, in whatever order they are heard', async () => {
    for (const heard of [
      ['PAID', 'FAILED'],
      ['FAILED', 'PAID'],
      ['PAID', 'PENDING'],
    ] as const) {
      let letGo = () => {};
      rig.asked = [];
      // Both are heard before the booking looks at either.
      rig.between.createInvoice = async (real) => {
        const answer = await real();
        await new Promise<void>((resolve) => {
          letGo = resolve;
        });
        return answer;
      };
      const booking = await rig.start();
      await paid(booking);
      for (const status of heard) await tell(booking, status);
      letGo();
      expect(await outcomeOf(booking), heard.join()).to.deep.equal({ status: 'CONFIRMED' });
      expect(rig.asked, heard.join()).not.to.include('releaseSeats');
    }
  });

  it('an invoice whose answer never came is voided before anything is released (K-4)', async () => {
    rig.between.createInvoice = answerLost;
    const booking = await rig.start();
    expect(await outcomeOf(booking)).to.deep.equal({ status: 'FAILED', reason: 'payment_unavailable' });
    expect(order('voidInvoice', ...releases)).to.deep.equal(['voidInvoice', ...releases]);
    expect((await invoice(booking.bookingId)).status).to.equal('VOIDED');
  });

  it('an invoice whose answer never came and that was paid meanwhile is confirmed (K-4)', async () => {
    let bookingId = '';
    rig.between.createInvoice = async (real) => {
      await real();
      await rig.pay(bookingId, 'test_success');
      await rig.parts.paymentApp.becomes(bookingId, 'PAID');
      throw ApplicationFailure.nonRetryable('The answer was lost.');
    };
    bookingId = newId();
    const booking = await rig.start({ bookingId });
    expect(await outcomeOf(booking)).to.deep.equal({ status: 'CONFIRMED' });
  });

  it('a hold whose answer never came is released at the organizer, too (K-4)', async () => {
    rig.between.holdAtOrganizer = answerLost;
    const booking = await rig.start();
    expect(await outcomeOf(booking)).to.deep.equal({ status: 'FAILED', reason: 'organizer_unavailable' });
    expect(rig.asked).to.include.members(releases);
    expect((await hold(booking.bookingId))?.state).to.equal('released');
  });

  it('paid while it is being cancelled: the money goes back, and there is no ticket', async () => {
    const booking = await rig.start();
    await rig.pay(booking.bookingId, 'test_slow_success', 1_500);
    const answer = await booking.handle.executeUpdate(cancel, { args: ['cancelled_by_customer'] });
    expect(answer).to.equal('refunding');
    await rig.parts.paymentApp.becomes(booking.bookingId, 'REFUNDED');
    await booking.handle.signal(refundSettled);
    expect(await outcomeOf(booking)).to.include({ status: 'CANCELLED' });
    expect(rig.asked).to.include.members(['requestRefund', ...releases]);
    expect(rig.asked).not.to.include('issueTicket');
  });

  it('paid while it is being cancelled unless it is paid: it is sold', async () => {
    const booking = await rig.start();
    await rig.pay(booking.bookingId, 'test_slow_success', 1_500);
    const answer = await booking.handle.executeUpdate(cancelUnlessPaid, { args: ['cancelled_by_organizer'] });
    expect(answer).to.equal('confirmed');
    expect(await outcomeOf(booking)).to.deep.equal({ status: 'CONFIRMED' });
    expect(rig.asked).not.to.include('requestRefund');
  });

  it('paid while it is being cancelled in both ways: the money goes back, with the reason of who gives it up', async () => {
    const booking = await rig.start();
    await rig.pay(booking.bookingId, 'test_slow_success', 1_500);
    const { handle, bookingId } = booking;
    const answers = Promise.all([
      handle.executeUpdate(cancelUnlessPaid, { args: ['cancelled_by_organizer'] }),
      handle.executeUpdate(cancel, { args: ['cancelled_by_customer'] }),
    ]);
    expect(await answers).to.deep.equal(['refunding', 'refunding']);
    await rig.parts.paymentApp.becomes(bookingId, 'REFUNDED');
    await handle.signal(refundSettled);
    expect(await outcomeOf(booking)).to.deep.equal({ status: 'CANCELLED', reason: 'cancelled_by_customer' });
    expect(rig.asked).not.to.include('issueTicket');
  });

  it('paid for a seat that is lost, or a ticket that is barred: the money goes back', async () => {
    for (const lose of [loseSeat, ({ bookingId }: Started) => rig.tickets().bar(bookingId)]) {
      rig.asked = [];
      const booking = await rig.start();
      await paid(booking);
      await lose(booking);
      await tell(booking, 'PAID');
      await rig.parts.paymentApp.becomes(booking.bookingId, 'REFUNDED');
      await booking.handle.signal(refundSettled);
      expect(await outcomeOf(booking)).to.include({ status: 'FAILED', reason: 'seat_lost_after_payment' });
      expect(rig.asked).to.include.members(['requestRefund', ...releases]);
    }
  });

  it('of an older run is answered from its document, and touched by nothing', async () => {
    const bookingId = newId();
    const older = { customerId: 'ayu', eventId: 'gamelan', seatIds: ['A-1-1'], claimBefore: new Date() };
    await rig.bookings().begin({ _id: bookingId, runId: 'an-older-run', ...older });
    await rig.bookings().end(bookingId, 'FAILED', 'payment_expired', 'It was not paid in time.');
    const booking = await rig.start({ bookingId });
    expect(await outcomeOf(booking)).to.deep.equal({ status: 'FAILED', reason: 'payment_expired' });
    expect(rig.asked).to.deep.equal(['beginBooking']);
  });

  it('a refund that is heard of but not done is asked for once more, and then waited for', async () => {
    const booking = await rig.start();
    await paid(booking);
    await loseSeat(booking);
    // An answer from before it was done.
    rig.between.requestRefund = async (real) => {
      await real();
      return { status: 'pending' };
    };
    await tell(booking, 'PAID');
    await rig.untilAsked('requestRefund');
    await booking.handle.signal(refundSettled);
    await waitUntil('the refund to be asked for again', async () => rig.timesAsked('requestRefund') === 2);
    await rig.parts.paymentApp.becomes(booking.bookingId, 'REFUNDED');
    delete rig.between.requestRefund;
    await booking.handle.signal(refundSettled);
    await outcomeOf(booking);
    expect(rig.timesAsked('requestRefund')).to.equal(3);
  });

  it('a refund that finds a valid ticket ends there: there is never both', async () => {
    const booking = await rig.start();
    await paid(booking);
    await rig.tickets().issue(booking.bookingId);
    await loseSeat(booking);
    await tell(booking, 'PAID');
    await outcomeOf(booking);
    expect(rig.timesAsked('requestRefund')).to.equal(1);
    expect((await invoice(booking.bookingId)).status).to.equal('PAID');
  });

  it('invoiced when the buyer is about to be told "not yet": the Client App is notified of the payment URL', async () => {
    const startBefore = Date.now() + 4_000;
    rig.between.createInvoice = async (real) => {
      await waitUntil('the answer to come too late', async () => Date.now() > startBefore - 2 * answerMarginMs);
      return real();
    };
    const booking = await rig.start({ startBefore });
    const told = () => rig.parts.clientApp.of(booking.bookingId).map(({ body }) => body.type);
    await waitUntil('the notification', async () => told().includes('booking.awaiting_payment'));
    await booking.handle.executeUpdate(cancel, { args: ['cancelled_by_customer'] });
    await outcomeOf(booking);
    expect(told()).to.deep.equal(['booking.awaiting_payment', 'booking.cancelled']);
  });

  it('a Client App that never listens undoes nothing', async () => {
    rig.between.notifyClientApp = () => Promise.reject(ApplicationFailure.nonRetryable('Given up.'));
    const booking = await rig.start();
    await paid(booking);
    await tell(booking, 'PAID');
    expect(await outcomeOf(booking)).to.deep.equal({ status: 'CONFIRMED' });
    expect(rig.asked).not.to.include('releaseSeats');
  });
});
