import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import type { BookingView } from '../../lib/contracts/booking.ts';
import { newId } from '../../lib/ids.ts';
import { someSeats } from '../factories/seats.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { holdsAtX } from './organizer-stage.ts';
import {
  type Answer,
  anEvent,
  atTicketApp,
  type BookingAnswer,
  book,
  bookingOf,
  invoiceOf,
  pay,
  people,
  person,
  seatsOf,
} from './stage.ts';

/** A repeatable shuffle of small numbers: the same pairs in every run. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield state;
  }
}

describe('races', function () {
  this.timeout(180_000);
  after(closeDatabases);

  it('200 buyers want one seat: one booking, 199 clean refusals, one hold at the organizer', async () => {
    const eventId = await anEvent();
    const buyers = await people(200);
    const answers = await Promise.all(buyers.map((buyer) => book(buyer, eventId, ['A-1-1'])));
    const refused = answers.filter((answer) => answer.status === 409 && answer.body.code === 'seat_taken');
    for (const { body } of refused) expect(body).to.deep.include({ seatIds: ['A-1-1'] });
    // 202 where the machine is so busy that the answer comes after the buyer's patience: what it was, the booking tells.
    const ends = await Promise.all(
      answers.map(async ({ status, body }, i) => {
        if (status === 409) return 'refused';
        expect(status, JSON.stringify(body)).to.be.oneOf([201, 202]);
        return waitUntil('a seat or a refusal', async () => {
          const { body: booking } = await bookingOf(buyers[i]!, body.bookingId ?? '');
          if (booking.status !== 'FAILED') return booking.status === 'AWAITING_PAYMENT' && 'won';
          expect(booking.reason).to.be.oneOf(['seat_taken', 'too_late', 'not_started']);
          return 'refused';
        });
      }),
    );
    const won = answers.filter((_, i) => ends[i] === 'won');
    expect(won).to.have.length(1);
    expect(ends.filter((end) => end === 'refused')).to.have.length(199);
    expect(answers.filter(({ status }) => status === 409)).to.have.length(refused.length);
    const holds = await holdsAtX(eventId);
    expect(holds.filter((hold) => hold.state === 'held').map((hold) => hold.reference)).to.deep.equal([
      won[0]?.body.bookingId,
    ]);
    const live = { eventId, status: { $in: ['HOLDING', 'AWAITING_PAYMENT'] } };
    expect(await (await databaseOf('ticket-app')).collection('bookings').countDocuments(live)).to.equal(1);
  });

  it('300 buyers want overlapping pairs of 60 seats: no seat twice, none left held, every refusal explained', async () => {
    const eventId = await anEvent({ seats: someSeats(60), holdSeconds: 15 });
    const buyers = await people(300);
    const random = numbers(20_261_121);
    const pick = () => `A-1-${1 + ((random.next().value as number) % 60)}`;
    const pairs = buyers.map(() => {
      const first = pick();
      let second = pick();
      while (second === first) second = pick();
      return [first, second];
    });
    const answers: Array<Answer<BookingAnswer>> = await Promise.all(
      buyers.map((buyer, i) => book(buyer, eventId, pairs[i] ?? [])),
    );
    const unexplained = answers.filter(
      ({ status, body }) =>
        status !== 201 && status !== 202 && !(status === 409 && body.code === 'seat_taken' && body.detail),
    );
    expect(unexplained.map((answer) => answer.body)).to.deep.equal([]);

    // A third of the winners pay; the others let their holds end.
    const winners = answers.flatMap(({ status, body }) => (status < 300 && body.bookingId ? [body.bookingId] : []));
    expect(winners.length).to.be.at.least(2);
    await Promise.all(
      winners
        .filter((_, i) => i % 3 === 0)
        .map(async (id) => {
          const { body } = await atTicketApp(id);
          if (body.invoice) await pay(body.invoice.paymentUrl, 'test_success');
        }),
    );
    await waitUntil(
      'no seat to be ON_GOING',
      async () => Object.values(await seatsOf(eventId)).every((seat) => seat.status !== 'ON_GOING'),
      60_000,
    );

    const bookings = (await databaseOf('ticket-app')).collection<BookingView & { _id: string }>('bookings');
    const confirmed = await bookings.find({ eventId, status: 'CONFIRMED' }).toArray();
    const sold = confirmed.flatMap((booking) => booking.seatIds);
    expect(new Set(sold).size).to.equal(sold.length);
    const seats = await seatsOf(eventId);
    for (const booking of confirmed) {
      for (const seatId of booking.seatIds)
        expect(seats[seatId]).to.deep.equal({ status: 'BOOKED', bookingId: booking._id });
    }
    const open = Object.values(seats).filter((seat) => seat.status === 'OPEN').length;
    expect(open + sold.length).to.equal(60);
    await waitUntil('the organizer to hold what is sold, and no more', async () => {
      const held = (await holdsAtX(eventId)).filter((hold) => hold.state === 'held').map((hold) => hold.reference);
      return (
        held.toSorted().join() ===
        confirmed
          .map((booking) => booking._id)
          .toSorted()
          .join()
      );
    });
  });

  it('the same key 20 times at once: one booking, 20 equal answers; another body: 422 (K-1)', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    const key = newId();
    const answers = await Promise.all(Array.from({ length: 20 }, () => book(buyer, eventId, ['A-1-1'], key)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).to.equal(1);
    expect(answers[0]?.status).to.equal(201);
    const stored = (await databaseOf('client-app')).collection('bookings').countDocuments({ customerId: buyer.userId });
    expect(await stored).to.equal(1);
    const other = await book(buyer, eventId, ['A-1-2'], key);
    expect(other.status).to.equal(422);
    expect(other.body.code).to.equal('idempotency_key_reused');
    expect((await seatsOf(eventId))['A-1-2']?.status).to.equal('OPEN');
  });

  it('payment races the expiry, 100 times: confirmed with one charge, or failed with the invoice voided', async () => {
    const eventId = await anEvent({ seats: someSeats(100), holdSeconds: 2 });
    const buyers = await people(100);
    const bookingIds: string[] = [];
    const one = async (i: number) => {
      const { body } = await book(buyers[i]!, eventId, [`A-1-${i + 1}`]);
      const bookingId = body.bookingId ?? '';
      bookingIds[i] = bookingId;
      const { invoice, expiresAt } = await waitUntil('the invoice', async () => {
        const { body: booking } = await atTicketApp(bookingId);
        return booking.invoice && { invoice: booking.invoice, expiresAt: Date.parse(booking.expiresAt ?? '') };
      });
      // Tries from before to after the hold's end, in steps of 15 ms; the payment app works 300 ms on one.
      const payAt = expiresAt - 1_000 + i * 15;
      await delay(Math.max(0, payAt - Date.now()));
      await pay(invoice.paymentUrl, 'test_success');
    };
    let next = 0;
    const worker = async () => {
      for (let i = next++; i < 100; i = next++) await one(i);
    };
    await Promise.all(Array.from({ length: 10 }, worker));
    const ends = { CONFIRMED: 0, FAILED: 0 };
    for (const [i, bookingId] of bookingIds.entries()) {
      const ended = await waitUntil(`booking ${i} to end`, async () => {
        const { body } = await bookingOf(buyers[i]!, bookingId);
        return (body.status === 'CONFIRMED' || body.status === 'FAILED') && body;
      });
      const invoice = await invoiceOf(bookingId);
      const charges = invoice.attempts.filter((attempt) => attempt.outcome === 'paid').length;
      if (ended.status === 'CONFIRMED') {
        expect({ invoice: invoice.status, charges }).to.deep.equal({ invoice: 'PAID', charges: 1 });
        ends.CONFIRMED += 1;
      } else {
        expect({ reason: ended.reason, invoice: invoice.status, charges }).to.deep.equal({
          reason: 'payment_expired',
          invoice: 'VOIDED',
          charges: 0,
        });
        ends.FAILED += 1;
      }
    }
    // Otherwise nothing raced.
    expect(ends.CONFIRMED).to.be.at.least(5);
    expect(ends.FAILED).to.be.at.least(5);
    await waitUntil('every seat to be sold or open', async () =>
      Object.values(await seatsOf(eventId)).every((seat) => seat.status !== 'ON_GOING'),
    );
    const seats = Object.values(await seatsOf(eventId));
    expect(seats.filter((seat) => seat.status === 'BOOKED')).to.have.length(ends.CONFIRMED);
  });
});
