import { mustEqual } from '../must.ts';
import { payByJson, readPayment, untilSettled } from '../payment-page.ts';
import type { Step } from '../step.ts';
import { rupiah } from '../wording.ts';

const SEATS = ['P-B-3'];

export const declineEveryPayment: Step = {
  name: 'decline_every_payment',
  title: 'A payment that is declined to the end',
  async run({ narrator, buyer, catalogue, show, history }) {
    const { eventId } = show.get();
    const { bookingId, bookingNumber, invoice } = await buyer.book(eventId, SEATS);
    narrator.tell(`${buyer.name} books seat ${SEATS} for ${rupiah(invoice)}, but every try to pay is declined.`);
    let { triesLeft } = await readPayment(invoice.paymentUrl);
    const tries: string[] = [];
    while (triesLeft > 0) {
      await payByJson(invoice.paymentUrl, 'test_decline');
      const payment = await untilSettled(invoice.paymentUrl);
      mustEqual('the outcome of the try', payment.attempts.at(-1)?.outcome, 'declined');
      mustEqual('the tries left', payment.triesLeft, triesLeft - 1);
      triesLeft = payment.triesLeft;
      tries.push(`declined, ${triesLeft} left`);
    }
    const booking = await buyer.untilStatus(bookingId, 'FAILED');
    mustEqual('the reason', booking.reason, 'payment_declined');
    await catalogue.untilSeatsAre('OPEN', eventId, SEATS);
    history.push({ bookingId, status: 'FAILED', reason: 'payment_declined' });
    narrator.tell('The booking has failed, and the seat is open again:');
    narrator.values({
      booking: `${bookingNumber}, ${booking.status} (${booking.reason})`,
      tries: tries.join('; '),
      told: booking.reasonText,
      seat: `${SEATS} OPEN`,
    });
  },
};
