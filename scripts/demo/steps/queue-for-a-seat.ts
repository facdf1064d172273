import * as answers from '../answers.ts';
import type { Buyer } from '../buyer.ts';
import { read } from '../http.ts';
import { must, mustEqual } from '../must.ts';
import { payByJson, untilSettled } from '../payment-page.ts';
import type { Step } from '../step.ts';
import { seat } from '../wording.ts';

const SEAT = 'P-A-1';
const OFFER_SECONDS = 5;

export const queueForASeat: Step = {
  name: 'queue_for_a_seat',
  title: 'Three people queue for a seat that is sold',
  async run({ narrator, buyer, waiting, boxOffice, queue }) {
    const { eventId, title } = await boxOffice.open({
      title: 'Senandung Terakhir',
      description: 'A farewell concert, put on for this demo; an offer from its queues lasts for seconds.',
      organizer: 'x',
      organizerName: 'Nusa Live Entertainment',
      rows: { A: 1_500_000 },
      seatsPerRow: 2,
      offerSeconds: OFFER_SECONDS,
    });
    const booking = await buyer.book(eventId, [SEAT]);
    await payByJson(booking.invoice.paymentUrl, 'test_success');
    mustEqual('the status of the invoice', (await untilSettled(booking.invoice.paymentUrl)).status, 'PAID');
    await buyer.untilStatus(booking.bookingId, 'CONFIRMED');

    const shown: Record<string, string> = {};
    const queueUp = async (person: Buyer, place: number): Promise<string> => {
      await person.register();
      await person.signIn();
      const refusal = read(await person.askFor(eventId, [SEAT]), 409, answers.problem);
      must(refusal.canQueue === true, `${person.name} is not told that one can queue for seat ${SEAT}`);
      const entry = await person.queueFor(eventId, SEAT);
      mustEqual(`the place of ${person.name}`, entry.position, place);
      shown[person.name] = entry.statusText;
      return entry.entryId;
    };
    const [first, second, third] = waiting;
    const entryIds = [await queueUp(first, 1), await queueUp(second, 2), await queueUp(third, 3)] as const;
    queue.put({ eventId, seatId: SEAT, booking, entryIds });
    narrator.tell(`${buyer.name} has bought ${booking.seats?.map(seat)} of ${title}. Others want that very seat:`);
    narrator.values(shown);
  },
};
