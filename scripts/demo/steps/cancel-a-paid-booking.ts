import * as answers from '../answers.ts';
import { read } from '../http.ts';
import { mustEqual } from '../must.ts';
import { readPayment } from '../payment-page.ts';
import type { Step } from '../step.ts';
import { rupiah } from '../wording.ts';

export const cancelAPaidBooking: Step = {
  name: 'cancel_a_paid_booking',
  title: 'The holder cancels a paid booking',
  async run({ narrator, buyer, waiting, boxOffice, queue, firstOffer, history, cancellationUi }) {
    const { eventId, seatId, booking } = queue.get();
    const { bookingId, bookingNumber, invoice } = booking;
    const [first] = waiting;
    const cancelledAt = Date.now();
    const [offer] = await Promise.all([first.untilOffered(seatId), buyer.cancel(bookingId)]);
    firstOffer.put({ ...offer, toldAfterMs: Date.now() - cancelledAt });
    // The first lets the offer lapse; whoever comes after has time to pay, however slow the organizer is today.
    await boxOffice.offerForTheUsualTime(eventId);

    const cancelled = await buyer.untilStatus(bookingId, 'CANCELLED');
    mustEqual('the reason', cancelled.reason, 'cancelled_by_customer');
    const gone = read(await buyer.askForTicket(bookingId), 410, answers.problem);
    mustEqual('the answer to who asks for the ticket', gone.code, 'ticket_revoked');
    const revoked = await boxOffice.revokedTickets(eventId, bookingId);
    mustEqual('the number of tickets on the list for the gates', revoked.length, 1);
    const { refund, timeline = [] } = await buyer.untilRefunded(bookingId);
    mustEqual('the money that is returned', refund?.amount, invoice.amount);
    mustEqual('the status of the invoice', (await readPayment(invoice.paymentUrl)).status, 'REFUNDED');
    history.push({ bookingId, status: 'CANCELLED', reason: 'cancelled_by_customer' });

    narrator.tell(`${buyer.name} cannot come, and cancels. The ticket is taken back first, then all is returned:`);
    narrator.values({
      booking: `${bookingNumber}, ${cancelled.status} (${cancelled.reason})`,
      ticket: `${revoked}, on the list of tickets that gates do not let in`,
      invoice: `${invoice.invoiceNumber}, REFUNDED, ${rupiah(invoice)}`,
      told: timeline.find(({ step }) => step === 'refunded')?.text,
      'workflow in the Temporal Web UI': await cancellationUi(bookingId),
    });
  },
};
