import { expect } from 'chai';
import { describe, it } from 'mocha';
import { useBookingRig } from '../../test/support/booking-rig.ts';
import { waitUntil } from '../../test/wait-until.ts';
import {
  type OrphanedBookingInput,
  type OrphanedBookingOutcome,
  orphanedBookingWorkflowId,
  orphanedBookingWorkflowType,
} from './orphaned-booking.messages.ts';

describe('giving back what a booking holds whose workflow is gone', () => {
  const rig = useBookingRig();

  /** A booking that waits for its payment, until its workflow is terminated. */
  async function anOrphan() {
    const booking = await rig.start();
    await waitUntil('the invoice', async () => (await rig.bookings().find(booking.bookingId))?.invoice);
    await booking.handle.terminate('a test');
    rig.asked = [];
    return booking;
  }

  async function giveBack(
    bookingId: string,
    more: Partial<OrphanedBookingInput> = {},
  ): Promise<OrphanedBookingOutcome> {
    const handle = await rig.client.workflow.start(orphanedBookingWorkflowType, {
      taskQueue: rig.taskQueue,
      workflowId: orphanedBookingWorkflowId(bookingId),
      args: [{ bookingId, isOffer: false, ...more }],
    });
    return handle.result() as Promise<OrphanedBookingOutcome>;
  }

  const seatOf = ({ eventId }: { eventId: string }) => rig.seats().find({ eventId, seatId: 'A-1-1' });

  it('voids first, then ends the booking, then releases: at the organizer, then the seats', async () => {
    const booking = await anOrphan();
    expect(await giveBack(booking.bookingId)).to.equal('given_back');
    const steps = rig.asked.filter((step) => step !== 'notifyClientApp');
    expect(steps).to.deep.equal(['voidInvoice', 'endBooking', 'releaseAtOrganizer', 'releaseSeats']);
    expect((await rig.bookings().get(booking.bookingId)).status).to.equal('CANCELLED');
    expect((await seatOf(booking))?.status).to.equal('OPEN');
    // Once more changes nothing.
    const { version } = await rig.bookings().get(booking.bookingId);
    expect(await giveBack(booking.bookingId, { ended: 'CANCELLED' })).to.equal('given_back');
    expect((await rig.bookings().get(booking.bookingId)).version).to.equal(version);
  });

  it('touches nothing when the money has come, however late it came', async () => {
    const booking = await anOrphan();
    await rig.pay(booking.bookingId, 'test_slow_success', 1_000);
    // The void meets a payment that is being processed, and waits for its outcome.
    expect(await giveBack(booking.bookingId)).to.equal('paid');
    expect(rig.asked.filter((step) => step !== 'voidInvoice')).to.deep.equal([]);
    expect(rig.timesAsked('voidInvoice')).to.be.at.least(2);
    expect((await seatOf(booking))?.status).to.equal('ON_GOING');
    expect((await rig.bookings().get(booking.bookingId)).status).to.equal('AWAITING_PAYMENT');
  });

  it('leaves a refund as it is that was done before, and gives the seat back', async () => {
    const booking = await anOrphan();
    const { bookingId } = booking;
    const { paymentApp } = rig.parts;
    await rig.pay(bookingId, 'test_success');
    await paymentApp.becomes(bookingId, 'PAID');
    await paymentApp.refund(bookingId);
    await paymentApp.becomes(bookingId, 'REFUNDED');
    const refund = { refundId: bookingId, status: 'succeeded', amount: 1, at: new Date() } as const;
    await rig.bookings().note(bookingId, { step: 'refunded', text: 'It is back.' }, { refund });
    expect(await giveBack(bookingId)).to.equal('given_back');
    const ended = await rig.bookings().get(bookingId);
    expect(ended).to.deep.include({ status: 'CANCELLED', refund });
    expect((await seatOf(booking))?.status).to.equal('OPEN');
  });

  it('goes on when a payment that was being processed is declined', async () => {
    const booking = await anOrphan();
    await rig.pay(booking.bookingId, 'test_slow_decline', 1_000);
    expect(await giveBack(booking.bookingId)).to.equal('given_back');
    expect((await seatOf(booking))?.status).to.equal('OPEN');
  });
});
