import * as answers from '../answers.ts';
import { read } from '../http.ts';
import { mustEqual } from '../must.ts';
import type { Step } from '../step.ts';
import { rupiah, timeOfDay } from '../wording.ts';

export const promoteTheFirst: Step = {
  name: 'promote_the_first',
  title: 'The seat is offered to the first in the queue',
  async run({ narrator, rival, waiting, queue, firstOffer, webUi }) {
    const { eventId, seatId, entryIds } = queue.get();
    const [first] = waiting;
    const { bookingId, bookingNumber, invoice, expiresAt, toldAfterMs } = firstOffer.get();
    const entry = await first.entry(entryIds[0]);
    mustEqual('the booking of the offer', entry.bookingId, bookingId);
    const refusal = read(await rival.askFor(eventId, [seatId]), 409, answers.problem);
    mustEqual('the answer to somebody who does not queue', refusal.code, 'seat_taken');
    narrator.tell(`It is never open to others: ${first.name} has a booking of it, and until when to pay.`);
    narrator.values({
      booking: bookingNumber,
      invoice: `${invoice.invoiceNumber}, ${rupiah(invoice)}`,
      'payment URL': invoice.paymentUrl,
      'pay by': timeOfDay(expiresAt),
      'from the cancellation to this message': `${toldAfterMs} ms`,
      [`${rival.name}, who did not queue`]: `409 ${refusal.code}`,
      'workflow in the Temporal Web UI': await webUi(bookingId),
    });
  },
};
