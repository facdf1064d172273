import { expect } from 'chai';
import { describe, it } from 'mocha';
import { newId } from '../../lib/ids.ts';
import { createRefundBooking } from '../../services/ticket-app/commands/refund-booking.ts';
import { paymentAppAt } from '../../services/ticket-app/neighbours/payment-app.ts';
import { useBookingRig } from '../../test/support/booking-rig.ts';
import { serviceSecret } from '../../test/support/payment-app.ts';
import { waitUntil } from '../../test/wait-until.ts';
import { paymentSettled, refundSettled } from '../booking/booking.messages.ts';
import {
  type CancellationOutcome,
  cancellationWorkflowOptions,
  cancellationWorkflowType,
  decided,
} from './cancellation.messages.ts';

describe('the order in which a confirmed booking is cancelled', function () {
  this.timeout(60_000);
  const rig = useBookingRig();
  const by = { reason: 'cancelled_by_customer', text: 'You asked to cancel this booking.' } as const;
  const order = (...steps: string[]) => rig.asked.filter((name) => steps.includes(name));

  /** A booking of one seat, paid and with its ticket. */
  async function confirmed() {
    const booking = await rig.start();
    await rig.pay(booking.bookingId, 'test_success');
    await rig.parts.paymentApp.becomes(booking.bookingId, 'PAID');
    await booking.handle.signal(paymentSettled, { attemptId: newId(), invoiceStatus: 'PAID', triesLeft: 2 });
    expect(await booking.handle.result()).to.deep.equal({ status: 'CONFIRMED' });
    rig.asked = [];
    return booking;
  }
  type Confirmed = Awaited<ReturnType<typeof confirmed>>;

  const run = async ({ bookingId, customerId, eventId, seatIds }: Confirmed) =>
    rig.client.workflow.start(cancellationWorkflowType, {
      ...cancellationWorkflowOptions({ bookingId, customerId, eventId, seatIds, reason: by.reason }),
      taskQueue: rig.taskQueue,
    });
  async function cancelling() {
    const booking = await confirmed();
    await rig.bookings().beginCancelling(await rig.bookings().get(booking.bookingId), by);
    return booking;
  }
  type Running = Awaited<ReturnType<typeof run>>;

  /** What the payment app's webhook does, once the money is back. */
  async function moneyIsBack({ bookingId }: Confirmed, cancellation: Running): Promise<void> {
    await rig.parts.paymentApp.becomes(bookingId, 'REFUNDED');
    await cancellation.signal(refundSettled);
  }
  const seatOf = async ({ eventId, bookingId }: Confirmed) =>
    (await rig.seats().confirm({ eventId, seatId: 'A-1-1', bookingId })) === 'already' ? 'BOOKED' : 'free';
  const told = ({ bookingId }: Confirmed) => rig.parts.clientApp.of(bookingId).map(({ body }) => body.type);
  const holdOf = async ({ bookingId }: Confirmed) => (await rig.parts.organizer.ledger.find(bookingId))?.state;

  it('the ticket first, then the end is written, then seats and money go back, and the Client App is told', async () => {
    const booking = await cancelling();
    const cancellation = await run(booking);
    await moneyIsBack(booking, cancellation);
    expect((await cancellation.result()) as CancellationOutcome).to.equal('cancelled');
    const steps = ['revokeTicket', 'writeCancelled', 'releaseAtOrganizer', 'releaseSeats'];
    expect(order(...steps)).to.deep.equal(steps);
    expect(rig.asked.indexOf('requestRefund')).to.be.greaterThan(rig.asked.indexOf('writeCancelled'));
    const { status, reason, refund, timeline } = await rig.bookings().get(booking.bookingId);
    expect({ status, reason }).to.deep.equal({ status: 'CANCELLED', reason: 'cancelled_by_customer' });
    expect(refund).to.include({ refundId: booking.bookingId, status: 'succeeded', amount: 750_000 });
    expect(timeline.map(({ step }) => step).slice(-4)).to.deep.equal([
      'cancelling',
      'cancelled',
      'refund_requested',
      'refunded',
    ]);
    expect(timeline.at(-1)?.text).to.equal('Rp 750.000 has been returned to you. Reason: You cancelled this booking.');
    expect([await seatOf(booking), await holdOf(booking)]).to.deep.equal(['free', 'released']);
    expect((await rig.tickets().find(booking.bookingId))?.status).to.equal('REVOKED');
    expect(told(booking)).to.have.members(['booking.confirmed', 'booking.cancelled', 'booking.refunded']);
  });

  it('a refund that another began after the ticket was taken back is not pending again', async () => {
    const booking = await cancelling();
    const { bookingId } = booking;
    const paymentApp = paymentAppAt(rig.parts.paymentApp.url, serviceSecret);
    const refundBooking = createRefundBooking({ bookings: rig.bookings(), tickets: rig.tickets(), paymentApp });
    rig.between.writeCancelled = async (real) => {
      await refundBooking(bookingId);
      await rig.parts.paymentApp.becomes(bookingId, 'REFUNDED');
      expect(await refundBooking(bookingId)).to.equal('succeeded');
      return real();
    };
    const cancellation = await run(booking);
    expect(await cancellation.result()).to.equal('cancelled');
    const { status, refund, timeline } = await rig.bookings().get(bookingId);
    expect([status, refund?.status]).to.deep.equal(['CANCELLED', 'succeeded']);
    expect(timeline.at(-1)?.text).to.equal('You cancelled this booking. Its ticket is no longer valid.');
  });

  it('an organizer that is away holds up neither the answer nor the money (decision 006)', async () => {
    rig.between.releaseAtOrganizer = () => Promise.reject(new Error('The organizer is away.'));
    const booking = await cancelling();
    const cancellation = await run(booking);
    expect(await cancellation.executeUpdate(decided)).to.equal('cancelled');
    await moneyIsBack(booking, cancellation);
    await waitUntil('the Client App to be told', async () => told(booking).includes('booking.refunded'));
    expect(await seatOf(booking)).to.equal('BOOKED');
    rig.between = {};
    await cancellation.result();
    expect(await seatOf(booking)).to.equal('free');
  });

  it('a payment app that is away, or a Client App that never listens, holds up no seat', async () => {
    const away = () => Promise.reject(new Error('Nobody answers.'));
    const booking = await cancelling();
    rig.between = { requestRefund: away, notifyClientApp: away };
    const cancellation = await run(booking);
    await waitUntil('the seat', async () => (await seatOf(booking)) === 'free');
    expect((await rig.bookings().get(booking.bookingId)).refund?.status).to.equal('pending');
    rig.between = {};
    await moneyIsBack(booking, cancellation);
    await cancellation.result();
    expect(told(booking)).to.include.members(['booking.cancelled', 'booking.refunded']);
  });

  it('a ticket that was used meanwhile refuses it: CONFIRMED again, and nothing is given back', async () => {
    const booking = await cancelling();
    const { bookingId } = booking;
    await rig.tickets().checkIn({ bookingId, seatId: 'A-1-1', key: newId() });
    const cancellation = await run(booking);
    expect(await cancellation.result()).to.equal('ticket_used');
    expect(await rig.bookings().get(bookingId))
      .to.include({ status: 'CONFIRMED' })
      .and.not.have.any.keys('reason', 'refund');
    expect(order('writeCancelled', 'releaseAtOrganizer', 'releaseSeats', 'requestRefund')).to.deep.equal([]);
    expect([await seatOf(booking), await holdOf(booking)]).to.deep.equal(['BOOKED', 'held']);
    expect((await rig.parts.paymentApp.invoiceOf(bookingId)).status).to.equal('PAID');
  });

  it('started for a booking that is not being cancelled, it touches nothing', async () => {
    const booking = await confirmed();
    expect(await (await run(booking)).result()).to.equal('not_cancelling');
    expect((await rig.tickets().find(booking.bookingId))?.status).to.equal('VALID');
    expect(rig.asked).to.deep.equal(['revokeTicket']);
  });

  it('started ten times at once, and again when it is over, it is one cancellation and one refund (K-1)', async () => {
    const booking = await cancelling();
    const runs = await Promise.all(Array.from({ length: 10 }, () => run(booking)));
    expect(new Set(runs.map(({ firstExecutionRunId }) => firstExecutionRunId)).size).to.equal(1);
    const [first] = runs as [Running];
    await moneyIsBack(booking, first);
    await first.result();
    const before = await rig.bookings().get(booking.bookingId);
    expect(await (await run(booking)).result()).to.equal('cancelled');
    expect(await rig.bookings().get(booking.bookingId)).to.deep.equal(before);
  });

  it('each step done, and its answer lost once: everything is done, and once', async () => {
    const lostOnce = () => {
      let lost = false;
      return async (real: () => Promise<unknown>) => {
        const answer = await real();
        if (lost) return answer;
        lost = true;
        throw new Error('The answer was lost.');
      };
    };
    const booking = await cancelling();
    const steps = ['revokeTicket', 'writeCancelled', 'releaseAtOrganizer', 'releaseSeats', 'requestRefund'];
    rig.between = Object.fromEntries([...steps, 'notifyClientApp'].map((step) => [step, lostOnce()]));
    const cancellation = await run(booking);
    await moneyIsBack(booking, cancellation);
    expect(await cancellation.result()).to.equal('cancelled');
    for (const step of steps) expect(rig.timesAsked(step), step).to.be.at.least(2);
    const { version, timeline, refund } = await rig.bookings().get(booking.bookingId);
    expect(timeline.filter(({ step }) => ['cancelled', 'refunded'].includes(step))).to.have.length(2);
    expect(version).to.equal(timeline.length);
    expect(refund?.status).to.equal('succeeded');
  });

  it('cancelled from the Web UI, it goes on: a ticket that was taken back is owed for', async () => {
    rig.between.releaseSeats = () => Promise.reject(new Error('Not now.'));
    const booking = await cancelling();
    const cancellation = await run(booking);
    await rig.untilAsked('releaseSeats');
    await cancellation.cancel();
    rig.between = {};
    await moneyIsBack(booking, cancellation);
    expect(await cancellation.result()).to.equal('cancelled');
    expect(await seatOf(booking)).to.equal('free');
  });
});
