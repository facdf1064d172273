// What becomes of an offer, and who is next.
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases } from './databases.ts';
import {
  cancel,
  entryAtTicketApp,
  entryOf,
  join,
  joined,
  leave,
  offerTo,
  queueOf,
  untilEntryIs,
} from './queue-stage.ts';
import { anEvent, booked, bookingOf, invoiceOf, type Person, pay, people, seatsOf, untilStatus } from './stage.ts';

const seatId = 'A-1-1';

describe('an offer', function () {
  this.timeout(90_000);
  after(closeDatabases);

  /** A taken seat, and `count` people who wait for it, in their order. */
  async function aQueue(count: number, changes: Record<string, unknown> = {}) {
    const [holder, ...buyers] = (await people(count + 1)) as [Person, ...Person[]];
    const eventId = await anEvent({ changes });
    const { bookingId } = await booked(holder, eventId, [seatId]);
    const queue: Array<{ buyer: Person; entryId: string }> = [];
    for (const buyer of buyers) queue.push({ buyer, entryId: (await joined(buyer, eventId, seatId)).entryId });
    return { eventId, queue, holder, giveBack: () => cancel(holder, bookingId) };
  }

  it('that is declined goes to the next at once; the next who cannot pay passes it on; the last one pays', async () => {
    const { eventId, queue, giveBack } = await aQueue(3);
    const [first, second, third] = queue as [(typeof queue)[0], (typeof queue)[0], (typeof queue)[0]];
    await giveBack();
    const declined = await offerTo(first.buyer, first.entryId);
    expect((await cancel(first.buyer, declined.bookingId)).body.status).to.equal('CANCELLED');
    await untilEntryIs(first.entryId, 'DECLINED');
    const refused = await offerTo(second.buyer, second.entryId);
    for (let tries = 1; tries <= 3; tries++) {
      await pay(refused.paymentUrl, 'test_decline');
      await waitUntil(`try ${tries}`, async () => {
        const { attempts } = await invoiceOf(refused.bookingId);
        return attempts.filter(({ outcome }) => outcome === 'declined').length === tries;
      });
    }
    await untilEntryIs(second.entryId, 'LAPSED');
    expect((await bookingOf(second.buyer, refused.bookingId)).body.reason).to.equal('payment_declined');
    const paid = await offerTo(third.buyer, third.entryId);
    await pay(paid.paymentUrl, 'test_success');
    await untilStatus(third.buyer, paid.bookingId, 'CONFIRMED');
    await untilEntryIs(third.entryId, 'FULFILLED');
    expect((await seatsOf(eventId))[seatId]).to.deep.equal({ status: 'BOOKED', bookingId: paid.bookingId });

    // Each got one offer, and the next one only after the one before had ended.
    const times = (await Promise.all(queue.map(({ entryId }) => entryAtTicketApp(entryId)))).map(({ history }) => ({
      offered: history.filter(({ step }) => step === 'offered').map(({ at }) => Date.parse(at)),
      ended: Date.parse(history.find(({ step }) => ['declined', 'lapsed', 'fulfilled'].includes(step))?.at ?? ''),
    }));
    expect(times.map(({ offered }) => offered.length)).to.deep.equal([1, 1, 1]);
    expect(times[1]!.offered[0]).to.be.at.least(times[0]!.ended);
    expect(times[2]!.offered[0]).to.be.at.least(times[1]!.ended);

    // Why did the second not get it?
    const { body } = await entryOf(second.buyer, second.entryId);
    expect(body.history?.map(({ step, position }) => [step, position])).to.deep.equal([
      ['joined', 2],
      ['ahead_offered', 2],
      ['ahead_declined', 1],
      ['offered', undefined],
      ['lapsed', undefined],
    ]);
    expect(body.history?.map(({ text }) => text)).to.deep.equal([
      'You joined the queue as 2nd.',
      'The seat came back and was offered to the 1st in the queue.',
      'The 1st declined the seat. You are 1st now.',
      'The seat came back and is offered to you.',
      'Your payment was declined each time, so the seat goes to whoever is next.',
    ]);
  });

  it('that is paid at the very deadline is sold once, or passed on with its invoice voided', async () => {
    const { eventId, queue, giveBack } = await aQueue(4, { offerSeconds: 3 });
    await giveBack();
    for (const [i, { buyer, entryId }] of queue.entries()) {
      const { paymentUrl, bookingId, expiresAt = '' } = await offerTo(buyer, entryId);
      // The payment app works 300 ms on a try: before, at and after the deadline.
      await delay(Math.max(0, Date.parse(expiresAt) + (i - 1) * 40 - Date.now()));
      await pay(paymentUrl, 'test_success');
      const { status } = await waitUntil('the entry to end', async () => {
        const entry = await entryAtTicketApp(entryId);
        return ['FULFILLED', 'LAPSED'].includes(entry.status) && entry;
      });
      const invoice = await invoiceOf(bookingId);
      expect(invoice.status).to.equal(status === 'FULFILLED' ? 'PAID' : 'VOIDED');
      if (status === 'FULFILLED') {
        expect((await seatsOf(eventId))[seatId]).to.deep.equal({ status: 'BOOKED', bookingId });
        expect((await queueOf(eventId, seatId)).length).to.equal(queue.length - i - 1);
        return;
      }
    }
    await waitUntil('the seat to open', async () => (await seatsOf(eventId))[seatId]?.status === 'OPEN');
  });

  it('cannot be left, only declined; whoever leaves twice leaves once; whoever comes back is last', async () => {
    const { eventId, queue, giveBack } = await aQueue(3);
    const [first, second, third] = queue as [(typeof queue)[0], (typeof queue)[0], (typeof queue)[0]];
    await giveBack();
    const offer = await offerTo(first.buyer, first.entryId);
    const refused = await leave(first.buyer, first.entryId);
    expect([refused.status, refused.body.code, refused.body.bookingId]).to.deep.equal([
      409,
      'offered',
      offer.bookingId,
    ]);
    expect((await bookingOf(first.buyer, offer.bookingId)).body.status).to.equal('AWAITING_PAYMENT');

    const answers = await Promise.all([1, 2, 3].map(() => leave(second.buyer, second.entryId)));
    expect(answers.map(({ status, body }) => [status, body.status])).to.deep.equal(Array(3).fill([200, 'LEFT']));
    const left = await entryAtTicketApp(second.entryId);
    expect(left.history.filter(({ step }) => step === 'left')).to.have.length(1);
    expect(left.version).to.equal(2);

    const again = await joined(second.buyer, eventId, seatId);
    expect(again.position).to.equal(3);
    expect(again.entryId).to.not.equal(second.entryId);
    const order = (await queueOf(eventId, seatId)).map(({ entryId }) => entryId);
    expect(order).to.deep.equal([first.entryId, third.entryId, again.entryId]);
    expect((await join(third.buyer, eventId, seatId)).body).to.include({
      code: 'already_waiting',
      entryId: third.entryId,
    });
  });

  it('of three seats of one booking goes to the first of each seat', async () => {
    const seatIds = ['A-1-1', 'A-1-2', 'A-1-3'];
    const [holder, ...buyers] = (await people(7)) as [Person, ...Person[]];
    const eventId = await anEvent();
    const booking = await booked(holder, eventId, seatIds);
    // Two for each seat, the second of one seat being the first of the next.
    const first: Record<string, { buyer: Person; entryId: string }> = {};
    for (const [i, seat] of seatIds.entries()) {
      first[seat] = { buyer: buyers[i]!, entryId: (await joined(buyers[i]!, eventId, seat)).entryId };
      await joined(buyers[i + 1]!, eventId, seat);
    }
    expect((await cancel(holder, booking.bookingId)).status).to.equal(200);
    for (const seat of seatIds) {
      const offer = await offerTo(first[seat]!.buyer, first[seat]!.entryId);
      expect(offer.seatIds).to.deep.equal([seat]);
      expect((await seatsOf(eventId))[seat]).to.deep.equal({ status: 'ON_GOING', bookingId: offer.bookingId });
      expect((await queueOf(eventId, seat)).map(({ status }) => status)).to.deep.equal(['OFFERED', 'WAITING']);
    }
  });
});
