import { must, mustEqual } from '../must.ts';
import type { Step } from '../step.ts';
import { rupiah, seat, timeOfDay } from '../wording.ts';

const SEATS = ['P-A-1', 'P-A-2'];

export const bookTwoSeats: Step = {
  name: 'book_two_seats',
  title: 'Book two seats',
  async run({ narrator, buyer, catalogue, show, firstBooking, webUi }) {
    const { eventId } = show.get();
    const booking = await buyer.book(eventId, SEATS);
    firstBooking.put(booking);
    const { invoice, seats = [], answer } = booking;
    mustEqual('the seats of the booking', booking.seatIds, SEATS);
    mustEqual('the amount of the invoice', invoice.amount, 2_500_000);
    mustEqual('the statuses of the seats', await catalogue.statuses(eventId, SEATS), ['ON_GOING', 'ON_GOING']);
    if (booking.answeredWith === 201) {
      must(answer.invoiceNumber === invoice.invoiceNumber, 'the answer to the call lacks the invoice number');
      must(answer.paymentUrl === invoice.paymentUrl, 'the answer to the call lacks the payment URL');
      narrator.tell(
        'One call holds the seats, here and at the organizer, and answers with the invoice and where to pay:',
      );
    } else {
      narrator.tell(
        'The organizer was slow beyond 10 s, so the call answered "not yet" (202); the invoice came after:',
      );
    }
    narrator.values({
      booking: booking.bookingNumber,
      seats: seats.map(seat).join('; '),
      invoice: `${invoice.invoiceNumber}, ${rupiah(invoice)}`,
      'payment URL': invoice.paymentUrl,
      'pay by': timeOfDay(booking.expiresAt),
      'workflow in the Temporal Web UI': await webUi(booking.bookingId),
    });
  },
};
