import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import type { CancelReason } from '../../../lib/contracts/booking.ts';
import { newId } from '../../../lib/ids.ts';
import { createLogger } from '../../../lib/logging/logger.ts';
import { useBookingRig } from '../../../test/support/booking-rig.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { paymentSettled } from '../../../workflows/booking/booking.messages.ts';
import { cancellationWorkflowId } from '../../../workflows/cancellation/cancellation.messages.ts';
import { createCancelBooking } from './cancel-booking.ts';
import { createSettleCancellations } from './settle-cancellations.ts';

/** No worker takes up the cancellations that are begun here: what is looked at is whether they begin, and why. */
describe('cancelling a booking that is not confirmed yet', function () {
  this.timeout(60_000);
  const rig = useBookingRig();
  const log = createLogger('ticket-app', 'silent');
  const begun: string[] = [];
  const inMs = (ms: number) => new Date(Date.now() + ms);
  let cutOff = inMs(0);
  let letGo = () => {};

  const ask = (bookingId: string, reason: CancelReason = 'cancelled_by_customer', note?: string) =>
    cancelBooking()(bookingId, reason, { note, patienceMs: 500 });
  const cancelBooking = () =>
    createCancelBooking({
      bookings: rig.bookings(),
      tickets: rig.tickets(),
      findEvent: async () => ({ startsAt: cutOff }) as never,
      temporal: rig.client,
      log,
    });
  const sweep = (patienceMs = 500) => {
    const hasty = (bookingId: string, reason: CancelReason, options = {}) =>
      cancelBooking()(bookingId, reason, { ...options, patienceMs });
    const parts = { unsettled: rig.unsettled(), cancelBooking: hasty, temporal: rig.client, log };
    return createSettleCancellations(parts)(inMs(11_000));
  };

  /** Paid, and told so, while the ticket waits for `letGo`. */
  async function paidAndStalled() {
    const stalled = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    rig.between.issueTicket = async (real) => {
      await stalled;
      return real();
    };
    const { bookingId, handle } = await rig.start();
    begun.push(bookingId);
    await rig.pay(bookingId, 'test_success');
    await rig.parts.paymentApp.becomes(bookingId, 'PAID');
    await handle.signal(paymentSettled, { attemptId: newId(), invoiceStatus: 'PAID', triesLeft: 2 });
    await rig.untilAsked('issueTicket');
    return bookingId;
  }
  const untilConfirmed = (bookingId: string) =>
    waitUntil('the ticket', async () => (await rig.bookings().get(bookingId)).status === 'CONFIRMED');
  const stepsOf = async (bookingId: string) =>
    (await rig.bookings().get(bookingId)).timeline.map(({ step }) => step).filter((step) => step.includes('cancel'));

  afterEach(async () => {
    letGo();
    for (const bookingId of begun.splice(0))
      await rig.client.workflow
        .getHandle(cancellationWorkflowId(bookingId))
        .terminate()
        .catch(() => undefined);
  });

  it('that is paid is not lost when nobody waits for the answer any more: the sweep asks again, and keeps the instant', async () => {
    const bookingId = await paidAndStalled();
    cutOff = inMs(1_500);
    expect(await ask(bookingId)).to.deep.include({ outcome: 'booking' });
    expect((await rig.bookings().get(bookingId)).status).to.equal('AWAITING_PAYMENT');
    await waitUntil('the cut-off', async () => Date.now() > cutOff.getTime());
    letGo();
    await untilConfirmed(bookingId);
    await sweep();
    const booking = await rig.bookings().get(bookingId);
    expect(booking).to.include({ status: 'CANCELLING', reason: 'cancelled_by_customer' });
    expect(booking).not.to.have.property('cancelAsked');
    expect(await stepsOf(bookingId)).to.deep.equal(['cancel_asked', 'cancelling']);
    const told = booking.timeline.filter(({ text }) => text === 'You asked to cancel this booking.');
    expect(told).to.have.length(1);
  });

  it('that is paid, after the cut-off, is refused, once: the wish is forgotten', async () => {
    const bookingId = await paidAndStalled();
    cutOff = inMs(-1_000);
    await ask(bookingId);
    letGo();
    await untilConfirmed(bookingId);
    await sweep();
    expect(await rig.bookings().get(bookingId)).to.include({ status: 'CONFIRMED' });
    expect((await rig.bookings().get(bookingId)).cancelAsked).to.deep.equal([]);
  });

  it('that is paid, by the buyer too late, and by the organizer: the organizer’s is done, with its reason', async () => {
    const bookingId = await paidAndStalled();
    cutOff = inMs(-1_000);
    await ask(bookingId);
    await ask(bookingId, 'cancelled_by_organizer', 'The hall is flooded.');
    await ask(bookingId, 'cancelled_by_organizer', 'Asked twice.');
    letGo();
    await untilConfirmed(bookingId);
    await sweep();
    const booking = await rig.bookings().get(bookingId);
    expect(booking).to.include({ status: 'CANCELLING', reason: 'cancelled_by_organizer' });
    expect(booking.timeline.at(-1)?.text).to.equal(
      'The organizer cancels this booking. Their reason: The hall is flooded.',
    );
  });

  it('that is unpaid, for several reasons at once: the timeline and the reason say the same, whoever was first', async () => {
    const reasons: CancelReason[] = ['cancelled_by_customer', 'cancelled_by_organizer', 'event_cancelled'];
    const whose = {
      cancelled_by_customer: 'You',
      cancelled_by_organizer: 'The organizer',
      event_cancelled: 'The event',
    };
    for (let round = 0; round < 6; round += 1) {
      const { bookingId } = await rig.start();
      await waitUntil('the invoice', async () => (await rig.bookings().find(bookingId))?.invoice);
      await Promise.all(reasons.map((reason) => cancelBooking()(bookingId, reason, { note: `By ${reason}.` })));
      const { status, reason, timeline, cancelAsked } = await rig.bookings().get(bookingId);
      expect([status, cancelAsked]).to.deep.equal(['CANCELLED', undefined]);
      const told = timeline.filter(({ step }) => step.includes('cancel')).map(({ text }) => text);
      expect(told).to.have.length(2);
      for (const text of told) expect(text).to.match(new RegExp(`^${whose[reason as CancelReason]} `));
    }
  });

  it('that is unpaid, of which the call never reached the workflow is carried on by the sweep (K-3)', async () => {
    const { bookingId } = await rig.start();
    await waitUntil('the invoice', async () => (await rig.bookings().find(bookingId))?.invoice);
    const wish = { reason: 'cancelled_by_customer', at: new Date() } as const;
    await rig.bookings().askToCancel(bookingId, wish, 'You asked to cancel this booking.');
    await sweep(9_500);
    expect(await rig.bookings().get(bookingId)).to.include({ status: 'CANCELLED', reason: 'cancelled_by_customer' });
  });
});
