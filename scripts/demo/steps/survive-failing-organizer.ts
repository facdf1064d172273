import { must, mustEqual } from '../must.ts';
import type { Fault } from '../organizer-control.ts';
import { payByJson, untilSettled } from '../payment-page.ts';
import type { Step } from '../step.ts';

const SEATS = ['P-B-1'];
/** An error, and a connection that is cut before the answer. */
const FAULTS: Fault[] = ['503', 'cut'];

export const surviveFailingOrganizer: Step = {
  name: 'survive_failing_organizer',
  title: 'An organizer that fails twice before it holds',
  async run({ narrator, buyer, show, history, organizerX: organizer, webUi }) {
    const { eventId, organizerEventRef } = show.get();
    const before = await Promise.all(FAULTS.map((fault) => organizer.failedHolds(fault)));
    const orders: number[] = [];
    for (const fault of FAULTS) orders.push(await organizer.failNextHold(organizerEventRef, fault));
    const booking = await buyer.book(eventId, SEATS);

    const left = await organizer.faultsLeft();
    must(!orders.some((order) => left.includes(order)), 'the organizer was not asked often enough to fail twice');
    const after = await Promise.all(FAULTS.map((fault) => organizer.failedHolds(fault)));
    const failed = after.map((count, index) => count - (before[index] ?? 0));
    must(
      failed.every((count) => count >= 1),
      `the organizer counted ${failed.join(' and ')} failing tries`,
    );
    const hold = (await organizer.holds(organizerEventRef)).filter(({ reference }) => reference === booking.bookingId);
    mustEqual(
      'the holds at the organizer',
      hold.map(({ seats, state }) => ({ seats, state })),
      [{ seats: SEATS, state: 'held' }],
    );
    await payByJson(booking.invoice.paymentUrl, 'test_success');
    mustEqual('the status of the invoice', (await untilSettled(booking.invoice.paymentUrl)).status, 'PAID');
    await buyer.untilStatus(booking.bookingId, 'CONFIRMED');
    history.push({ bookingId: booking.bookingId, status: 'CONFIRMED' });

    narrator.tell('Organizer X is told to answer the next hold with 503, and to cut the connection of the one after.');
    narrator.tell('The booking asks again by itself; the buyer only waits a little longer, and pays.');
    narrator.values({
      booking: `${booking.bookingNumber}, CONFIRMED`,
      'failing tries the organizer counted': FAULTS.map((fault, index) => `${failed[index]} × ${fault}`).join(', '),
      'its record': `1 hold of ${SEATS.join(', ')}, ${hold[0]?.state}`,
      'its attempts in the Temporal Web UI': await webUi(booking.bookingId),
    });
  },
};
