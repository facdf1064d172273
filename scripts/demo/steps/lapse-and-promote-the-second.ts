import { must, mustEqual } from '../must.ts';
import { payByJson, readPayment, untilSettled } from '../payment-page.ts';
import type { Step } from '../step.ts';
import { timeOfDay } from '../wording.ts';

export const lapseAndPromoteTheSecond: Step = {
  name: 'lapse_and_promote_the_second',
  title: 'The first does not pay, so the second is asked, and pays',
  async run({ narrator, waiting, catalogue, queue, firstOffer }) {
    const { eventId, seatId, entryIds } = queue.get();
    const [first, second] = waiting;
    const lapsed = await first.untilEntryIs(entryIds[0], 'LAPSED');
    const { expiresAt, invoice: unpaid } = firstOffer.get();
    must(Date.now() >= Date.parse(expiresAt), 'the offer lapsed before its time was over');
    mustEqual('the status of the first invoice', (await readPayment(unpaid.paymentUrl)).status, 'VOIDED');

    const { bookingId, bookingNumber, invoice } = await second.untilOffered(seatId);
    await payByJson(invoice.paymentUrl, 'test_success');
    mustEqual('the status of the second invoice', (await untilSettled(invoice.paymentUrl)).status, 'PAID');
    await second.untilStatus(bookingId, 'CONFIRMED');
    const { answer } = await second.ticket(bookingId);
    mustEqual('how the ticket begins', answer.bytes.subarray(0, 4).toString(), '%PDF');
    const fulfilled = await second.untilEntryIs(entryIds[1], 'FULFILLED');
    mustEqual('the status of the seat', await catalogue.statuses(eventId, [seatId]), ['BOOKED']);
    narrator.values({
      [first.name]: `${lapsed.statusText} (${timeOfDay(expiresAt)})`,
      [second.name]: `${fulfilled.statusText} ${bookingNumber}, ${invoice.invoiceNumber} PAID, with a ticket`,
      seat: `${seatId} BOOKED`,
    });
  },
};
