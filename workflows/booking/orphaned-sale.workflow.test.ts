import { expect } from 'chai';
import { describe, it } from 'mocha';
import { useBookingRig } from '../../test/support/booking-rig.ts';
import { waitUntil } from '../../test/wait-until.ts';
import { orphanedSaleOptions, orphanedSaleWorkflowType } from './orphaned-sale.messages.ts';

describe('finishing a sale whose workflow is gone', () => {
  const rig = useBookingRig();

  /** A booking whose workflow was terminated when its ticket had been begun and CONFIRMED was not written. */
  async function unfinished() {
    const booking = await rig.start();
    await waitUntil('the invoice', async () => (await rig.bookings().find(booking.bookingId))?.invoice);
    await booking.handle.terminate('a test');
    await rig.tickets().issue(booking.bookingId);
    return booking;
  }

  async function finish(bookingId: string) {
    const options = { ...orphanedSaleOptions({ bookingId, isOffer: false }), taskQueue: rig.taskQueue };
    return (await rig.client.workflow.start(orphanedSaleWorkflowType, options)).result();
  }

  const seatOf = ({ eventId }: { eventId: string }) => rig.seats().find({ eventId, seatId: 'A-1-1' });

  it('confirms the seats, makes the ticket and writes CONFIRMED; once more changes nothing', async () => {
    const booking = await unfinished();
    expect(await finish(booking.bookingId)).to.equal('confirmed');
    const sold = await rig.bookings().get(booking.bookingId);
    expect(sold).to.include({ status: 'CONFIRMED' });
    expect(sold.ticket?.sha256).to.match(/^[0-9a-f]{64}$/);
    expect((await seatOf(booking))?.status).to.equal('BOOKED');
    expect(rig.timesAsked('notifyClientApp')).to.be.at.least(1);
    expect(await finish(booking.bookingId)).to.equal('confirmed');
    expect((await rig.bookings().get(booking.bookingId)).version).to.equal(sold.version);
  });

  it('takes a seat from nobody', async () => {
    const booking = await unfinished();
    const { bookingId, eventId } = booking;
    const seat = { eventId, seatId: 'A-1-1' };
    const soon = new Date(Date.now() + 60_000);
    await rig.seats().release({ ...seat, bookingId, barUntil: soon });
    await rig.seats().claim({ ...seat, bookingId: 'another', customerId: 'ayu', claimBefore: soon });
    expect(await finish(bookingId)).to.equal('lost');
    expect((await seatOf(booking))?.holder).to.include({ bookingId: 'another' });
    expect((await rig.bookings().get(bookingId)).status).to.equal('AWAITING_PAYMENT');
  });
});
