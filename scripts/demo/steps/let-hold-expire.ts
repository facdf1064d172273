import { must, mustEqual } from '../must.ts';
import { readPayment } from '../payment-page.ts';
import type { Step } from '../step.ts';
import { timeOfDay } from '../wording.ts';

const HOLD_SECONDS = 4;
const SEATS = ['P-A-1'];

export const letHoldExpire: Step = {
  name: 'let_hold_expire',
  title: 'A hold that expires',
  async run({ narrator, buyer, boxOffice, catalogue, history }) {
    const { eventId } = await boxOffice.open({
      title: 'Lawak Kilat',
      description: 'A comedy night whose seats are held for seconds, put on for this demo.',
      organizer: 'y',
      organizerName: 'Panggung Raya Production',
      rows: { A: 350_000 },
      seatsPerRow: 4,
      holdSeconds: HOLD_SECONDS,
    });
    const { bookingId, bookingNumber, invoice, expiresAt } = await buyer.book(eventId, SEATS);
    narrator.tell(`At another show, of organizer Y, an unpaid seat is held for ${HOLD_SECONDS} s only. Nobody pays.`);
    const booking = await buyer.untilStatus(bookingId, 'FAILED');
    mustEqual('the reason', booking.reason, 'payment_expired');
    must(Date.now() >= Date.parse(expiresAt), 'the booking failed before its hold had ended');
    const { status, payable } = await readPayment(invoice.paymentUrl);
    mustEqual('the status of the invoice', status, 'VOIDED');
    mustEqual('whether the invoice can still be paid', payable, false);
    await catalogue.untilSeatsAre('OPEN', eventId, SEATS);
    history.push({ bookingId, status: 'FAILED', reason: 'payment_expired' });
    narrator.tell('First the invoice is voided, so that no money can come any more; then the seat is given back:');
    narrator.values({
      booking: `${bookingNumber}, ${booking.status} (${booking.reason})`,
      expired: timeOfDay(expiresAt),
      invoice: `${invoice.invoiceNumber}, ${status}`,
      seat: `${SEATS} OPEN`,
    });
  },
};
