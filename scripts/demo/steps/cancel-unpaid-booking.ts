import { mustEqual } from '../must.ts';
import { readPayment } from '../payment-page.ts';
import type { Step } from '../step.ts';

const SEATS = ['P-C-4', 'P-C-5'];

export const cancelUnpaidBooking: Step = {
  name: 'cancel_unpaid_booking',
  title: 'Cancel a booking before paying',
  async run({ narrator, buyer, catalogue, show, history }) {
    const { eventId } = show.get();
    const { bookingId, bookingNumber, invoice } = await buyer.book(eventId, SEATS);
    await buyer.cancel(bookingId);
    const booking = await buyer.untilStatus(bookingId, 'CANCELLED');
    mustEqual('the reason', booking.reason, 'cancelled_by_customer');
    const { status } = await readPayment(invoice.paymentUrl);
    mustEqual('the status of the invoice', status, 'VOIDED');
    await catalogue.untilSeatsAre('OPEN', eventId, SEATS);
    history.push({ bookingId, status: 'CANCELLED', reason: 'cancelled_by_customer' });
    narrator.tell(`${buyer.name} books two more seats, thinks better of it, and cancels:`);
    narrator.values({
      booking: `${bookingNumber}, ${booking.status} (${booking.reason})`,
      invoice: `${invoice.invoiceNumber}, ${status}`,
      seats: `${SEATS.join(', ')} OPEN`,
    });
  },
};
