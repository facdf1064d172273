import type { BookingView } from '../../../lib/contracts/booking.ts';
import { newId } from '../../../lib/ids.ts';
import { createBookingLedger } from '../../../services/ticket-app/models/booking-ledger.ts';
import { createTicketRecords } from '../../../services/ticket-app/models/ticket-records.ts';
import { cancellationWorkflowId } from '../../../workflows/cancellation/cancellation.messages.ts';
import { eventCancellationWorkflowId } from '../../../workflows/event-cancellation/event-cancellation.messages.ts';
import { databaseOf } from '../../e2e/databases.ts';
import { faultAtX } from '../../e2e/organizer-stage.ts';
import { cancel, joined } from '../../e2e/queue-stage.ts';
import { anEvent, booked, call, type Person, pay, person, theAdmin, untilStatus } from '../../e2e/stage.ts';
import { system } from '../../engines.ts';
import type { Scenarios } from './scenario.ts';

const seatId = 'A-1-1';

async function confirmed(buyer: Person, eventId: string, method = 'test_success'): Promise<BookingView> {
  const booking = await booked(buyer, eventId, [seatId]);
  await pay(booking.paymentUrl, method);
  return untilStatus(buyer, booking.bookingId, 'CONFIRMED');
}

async function cancelEvent(eventId: string): Promise<string> {
  const { token } = await theAdmin();
  const reason = 'The hall has no power.';
  await call(`${system().urls.ticketApp}/events/${eventId}/cancel`, { token, body: { reason } });
  return eventCancellationWorkflowId(eventId);
}

/** Each plays one life of a cancellation: of a paid booking, or of an event. */
export const cancellations: Scenarios = {
  async 'cancellation-refunded'() {
    const buyer = await person();
    const { bookingId } = await confirmed(buyer, await anEvent());
    await cancel(buyer, bookingId);
    return cancellationWorkflowId(bookingId);
  },

  async 'cancellation-refund-fails-twice'() {
    const buyer = await person();
    const { bookingId } = await confirmed(buyer, await anEvent(), 'test_refund_fails_twice');
    await cancel(buyer, bookingId);
    return cancellationWorkflowId(bookingId);
  },

  async 'cancellation-while-organizer-is-away-and-worker-killed'() {
    const buyer = await person();
    const eventId = await anEvent();
    const { bookingId } = await confirmed(buyer, eventId);
    await faultAtX({ eventId, fault: '503', call: 'release', times: 3 });
    await cancel(buyer, bookingId);
    await system().kill('ticketing-worker');
    await system().restart('ticketing-worker');
    return cancellationWorkflowId(bookingId);
  },

  async 'cancellation-refused-ticket-used'() {
    const buyer = await person();
    const { bookingId } = await confirmed(buyer, await anEvent());
    const database = await databaseOf('ticket-app');
    const bookings = createBookingLedger(database);
    // The scan comes between the buyer's wish and the revocation.
    const wish = { reason: 'cancelled_by_customer', text: 'You asked to cancel this booking.' } as const;
    await bookings.beginCancelling(await bookings.get(bookingId), wish);
    await createTicketRecords(database).checkIn({ bookingId, seatId, key: newId() });
    await cancel(buyer, bookingId);
    return cancellationWorkflowId(bookingId);
  },

  async 'event-cancelled'() {
    const eventId = await anEvent();
    await booked(await person(), eventId, [seatId]);
    return cancelEvent(eventId);
  },

  async 'event-cancelled-in-several-passes'(client) {
    const eventId = await anEvent();
    await confirmed(await person(), eventId);
    // The money and the seat are not back at the first look, so that another run follows.
    await faultAtX({ eventId, fault: '503', call: 'release', times: 6 });
    const workflowId = await cancelEvent(eventId);
    const { runId } = await client.workflow.getHandle(workflowId).describe();
    return { workflowId, runId };
  },

  async 'event-cancelled-with-sold-seat-and-queue'() {
    const eventId = await anEvent();
    await confirmed(await person(), eventId);
    await joined(await person(), eventId, seatId);
    return cancelEvent(eventId);
  },
};
