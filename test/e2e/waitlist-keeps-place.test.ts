// An organizer or a payment service that is away costs nobody their place.
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { faultAtX } from './organizer-stage.ts';
import { cancel, entryAtTicketApp, joined, offerTo, queueOf, untilEntryIs } from './queue-stage.ts';
import { anEvent, atTicketApp, booked, call, type Person, pay, people, seatsOf, untilStatus } from './stage.ts';

const seatId = 'A-1-1';
/** Hold and invoice together have 60 s. */
const givenUpMs = 100_000;

describe('an offer that fails through no fault of the person', function () {
  this.timeout(240_000);
  after(closeDatabases);

  async function twoInQueue() {
    const [holder, first, second] = (await people(3)) as [Person, Person, Person];
    const eventId = await anEvent();
    const { bookingId } = await booked(holder, eventId, [seatId]);
    const entryId = (await joined(first, eventId, seatId)).entryId;
    const behind = (await joined(second, eventId, seatId)).entryId;
    return { eventId, holder, bookingId, first, entryId, behind };
  }
  const seqOf = async (entryId: string) =>
    (
      await (
        await databaseOf('ticket-app')
      )
        .collection<{ _id: string; seq: number }>('waitlist_entries')
        .findOne({ _id: entryId })
    )?.seq;

  it('is made again at the same place, and nobody overtakes: the organizer was away, and for another the payment app', async () => {
    // Both at once: each waits for the same minute to pass.
    const [atOrganizer, atPayments] = [await twoInQueue(), await twoInQueue()];
    const both = [atOrganizer, atPayments];
    const seqs = await Promise.all(both.map(({ entryId }) => seqOf(entryId)));
    await faultAtX({ eventId: atOrganizer.eventId, fault: '503', call: 'hold', times: 1_000 });
    // Long enough for the payment app to be gone when the invoice is due.
    await faultAtX({ eventId: atPayments.eventId, fault: '503', call: 'hold', times: 8 });
    await cancel(atPayments.holder, atPayments.bookingId);
    await cancel(atOrganizer.holder, atOrganizer.bookingId);
    await untilEntryIs(atPayments.entryId, 'OFFERED');
    await system().kill('payment-app');
    const isGivenUp = async (entryId: string, reason: string) => {
      const { body } = await atTicketApp(`${entryId}-1`);
      return body.status === 'FAILED' && body.reason === reason;
    };
    await waitUntil(
      'the organizer to be given up',
      () => isGivenUp(atOrganizer.entryId, 'organizer_unavailable'),
      givenUpMs,
    );
    await call(`${system().urls.organizerX}/control/faults`, {
      method: 'DELETE',
      token: system().env.ORGANIZER_X_API_KEY,
    });
    await system().restart('payment-app');

    for (const [i, { eventId, first, entryId, behind }] of both.entries()) {
      const offer = await waitUntil(
        'the offer to be made again',
        async () => {
          const entry = await entryAtTicketApp(entryId);
          return entry.status === 'OFFERED' && entry.bookingId === `${entryId}-2` && offerTo(first, entryId);
        },
        givenUpMs,
      );
      expect(await seqOf(entryId)).to.equal(seqs[i]);
      expect((await queueOf(eventId, seatId)).map((entry) => [entry.entryId, entry.status])).to.deep.equal([
        [entryId, 'OFFERED'],
        [behind, 'WAITING'],
      ]);
      await pay(offer.paymentUrl, 'test_success');
      await untilStatus(first, offer.bookingId, 'CONFIRMED');
      await untilEntryIs(entryId, 'FULFILLED');
      expect((await seatsOf(eventId))[seatId]).to.deep.equal({ status: 'BOOKED', bookingId: offer.bookingId });
      const { history } = await entryAtTicketApp(entryId);
      expect(history.map(({ step }) => step)).to.deep.equal(['joined', 'offered', 'requeued', 'offered', 'fulfilled']);
      expect((await entryAtTicketApp(behind)).history.filter(({ step }) => step === 'offered')).to.deep.equal([]);
    }
  });
});
