import { createTicketRecords } from '../../../services/ticket-app/models/ticket-records.ts';
import { bookingWorkflowId } from '../../../workflows/booking/booking.messages.ts';
import { databaseOf } from '../../e2e/databases.ts';
import { faultAtX } from '../../e2e/organizer-stage.ts';
import { anEvent, booked, pay, person, untilStatus } from '../../e2e/stage.ts';
import { system } from '../../engines.ts';
import { tellAgain, untilSettled, untilTold } from '../payment-webhooks.ts';
import type { Scenarios } from './scenario.ts';

const seatIds = ['A-1-1'];

/** Each hears of payments more than once, too late, or when the ticket cannot be made any more. */
export const paidBookings: Scenarios = {
  async 'told-twice-and-in-disorder'() {
    const buyer = await person();
    const booking = await booked(buyer, await anEvent(), seatIds);
    await system().kill('ticketing-worker');
    await pay(booking.paymentUrl, 'test_decline');
    await untilSettled(booking.bookingId, 1);
    await pay(booking.paymentUrl, 'test_success');
    await untilTold(booking.bookingId, 2);
    // The decline is heard again after the payment.
    await tellAgain(booking.bookingId);
    await system().restart('ticketing-worker');
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED', 60_000);
    return bookingWorkflowId(booking.bookingId);
  },

  async 'told-again-after-the-end'() {
    const buyer = await person();
    const eventId = await anEvent();
    const booking = await booked(buyer, eventId, seatIds);
    await faultAtX({ eventId, fault: '503', call: 'release', times: 6 });
    for (let tries = 1; tries <= 3; tries += 1) {
      await pay(booking.paymentUrl, 'test_decline');
      await untilSettled(booking.bookingId, tries);
    }
    await untilStatus(buyer, booking.bookingId, 'FAILED');
    // While the organizer keeps the workflow busy with giving the seat back.
    await tellAgain(booking.bookingId);
    return bookingWorkflowId(booking.bookingId);
  },

  async 'paid-and-refunded-for-no-ticket-can-be-made'() {
    const buyer = await person();
    const booking = await booked(buyer, await anEvent(), seatIds);
    await createTicketRecords(await databaseOf('ticket-app')).bar(booking.bookingId);
    await pay(booking.paymentUrl, 'test_success');
    await untilStatus(buyer, booking.bookingId, 'FAILED');
    return bookingWorkflowId(booking.bookingId);
  },
};
