import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { after, before, beforeEach, describe, it } from 'mocha';
import {
  FailureReason,
  type FailureReason as Reason,
  statusOfReason,
  textOfReason,
} from '../../../lib/contracts/booking.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, type Person, startClientApp } from '../../../test/client-app.ts';
import { bookingView, problem } from '../../../test/ticketing-stand-in.ts';

const reasons = (FailureReason as unknown as { enum: Reason[] }).enum;
/** Long enough for a machine that has much else to do. */
const patienceMs = 2_000;
const seats = { eventId: 'konser', seatIds: ['A-1', 'A-2'] };

describe('POST /bookings', () => {
  let app: ClientAppUnderTest;
  let buyer: Person;

  before(async () => {
    app = await startClientApp('bookings', { patienceMs });
  });
  after(() => app.close());
  beforeEach(async () => {
    buyer = await app.person();
    app.ticketing.calls.length = 0;
    app.ticketing.fault = undefined;
    app.ticketing.onBook = (call) => ({ status: 201, body: bookingView(call) });
  });

  const book = (body: unknown = seats, key = newId(), person = buyer) =>
    person.http.post('/bookings', body, { headers: { 'Idempotency-Key': key } });
  const bookings = () => app.connection.collection('bookings');
  const ofBuyer = () => bookings().find({ customerId: buyer.userId }).toArray();

  it('answers with the invoice number and the URL to pay (C5)', async () => {
    const { status, data, headers } = await book();
    expect(status).to.equal(201);
    expect(headers.location).to.equal(`/bookings/${data.bookingId}`);
    expect(data).to.include({
      status: 'AWAITING_PAYMENT',
      invoiceNumber: 'INV-1',
      paymentUrl: 'http://pay.example/INV-1',
      amount: 500_000,
      currency: 'IDR',
      customerId: buyer.userId,
    });
    expect(Date.parse(data.expiresAt)).to.be.greaterThan(Date.now());
    expect(data.bookingNumber).to.match(/^KRS-/);
  });

  it('stores the booking before ticket-app is called, and sends the contract', async () => {
    let storedAtTheCall: unknown;
    app.ticketing.onBook = async (call) => {
      storedAtTheCall = await bookings().findOne({ _id: call.bookingId as never });
      return { status: 201, body: bookingView(call) };
    };
    const before = Date.now();
    const { data } = await book();
    expect(storedAtTheCall).to.include({ status: 'REQUESTED', version: 0, customerId: buyer.userId });
    const [call] = app.ticketing.calls;
    expect(call).to.include({
      bookingId: data.bookingId,
      customerName: 'Sari Dewi',
      customerId: buyer.userId,
      eventId: 'konser',
    });
    expect(Date.parse(call!.startBefore)).to.be.within(before + patienceMs, Date.now() + patienceMs);
  });

  it('gives 20 equal answers to 20 equal requests at once, with one call', async () => {
    app.ticketing.onBook = async (call) => {
      await delay(150);
      return { status: 201, body: bookingView(call) };
    };
    const key = newId();
    const answers = await Promise.all(Array.from({ length: 20 }, () => book(seats, key)));
    for (const { status, data } of answers) {
      expect(status).to.equal(201);
      expect(data).to.deep.equal(answers[0]?.data);
    }
    expect(app.ticketing.calls).to.have.length(1);
    expect(await ofBuyer()).to.have.length(1);
  });

  it('gives 20 equal refusals, too', async () => {
    app.ticketing.onBook = () => problem(409, 'seat_taken', { seatIds: ['A-2'] });
    const key = newId();
    const answers = await Promise.all(Array.from({ length: 20 }, () => book(seats, key)));
    for (const { status, data } of answers) {
      expect(status).to.equal(409);
      expect(data).to.deep.equal(answers[0]?.data);
    }
    expect(answers[0]?.data).to.deep.include({ code: 'seat_taken', seatIds: ['A-2'], detail: textOfReason.seat_taken });
    expect(app.ticketing.calls).to.have.length(1);
  });

  it('answers a later repeat from the present document, without a call', async () => {
    const key = newId();
    const first = await book(seats, key);
    await app.dependencies.bookings.apply(
      bookingView(
        { ...seats, bookingId: first.data.bookingId, customerId: buyer.userId },
        { version: 3, status: 'CONFIRMED' },
      ),
    );
    const repeat = await book({ ...seats, seatIds: seats.seatIds.toReversed() }, key);
    expect(repeat.status).to.equal(201);
    expect(repeat.data).to.include({ bookingId: first.data.bookingId, status: 'CONFIRMED' });
    expect(app.ticketing.calls).to.have.length(1);
  });

  it('refuses the same key with another body: 422', async () => {
    const key = newId();
    await book(seats, key);
    const { status, data } = await book({ ...seats, seatIds: ['A-3'] }, key);
    expect(status).to.equal(422);
    expect(data).to.include({ code: 'idempotency_key_reused', field: 'header.Idempotency-Key' });
    expect(await ofBuyer()).to.have.length(1);
  });

  it('lets two people use the same key', async () => {
    const key = newId();
    const [mine, theirs] = [await book(seats, key), await book(seats, key, await app.person())];
    expect(mine.data.bookingId).not.to.equal(theirs.data.bookingId);
  });

  for (const reason of reasons) {
    it(`tells ${reason} as ${statusOfReason[reason]}, refused at the door or with its booking`, async () => {
      app.ticketing.onBook = () => problem(statusOfReason[reason], reason, { seatIds: ['A-1'] });
      const atTheDoor = await book();
      app.ticketing.onBook = (call) => {
        const booking = bookingView(call, { status: 'FAILED', reason, version: 4, refusedSeatIds: ['A-1'] });
        return problem(statusOfReason[reason], reason, { booking });
      };
      const ended = await book();
      for (const [{ status, data, headers }, version] of [
        [atTheDoor, 0],
        [ended, 4],
      ] as const) {
        expect(status).to.equal(statusOfReason[reason]);
        expect(headers['content-type']).to.match(/^application\/problem\+json/);
        expect(data).to.deep.include({ code: reason, detail: textOfReason[reason], seatIds: ['A-1'] });
        expect(data.booking).to.include({ status: 'FAILED', reason, version, reasonText: textOfReason[reason] });
      }
    });
  }

  const unknowns = {
    'silence until patience is over': 'silence',
    'a cut connection': 'cut',
    'a 500 without a booking': problem(500, 'internal_error'),
    'a 503 that says nothing certain': problem(503, 'booking_outcome_unknown'),
    'a refused credential': problem(401, 'unauthenticated'),
    'rubbish with a 2xx': { status: 201, body: { bookingId: 7 } },
  } as const;
  for (const [name, reaction] of Object.entries(unknowns)) {
    it(`takes ${name} as unknown: 202, never "failed" (K-4)`, async () => {
      app.ticketing.onBook = () => reaction;
      const { status, data, headers } = await book();
      expect(status).to.equal(202);
      expect(data.status).to.equal('REQUESTED');
      expect(headers).to.include({ location: `/bookings/${data.bookingId}`, 'retry-after': '1' });
    });
  }

  it('asks again for a booking without an answer when the request is repeated', async () => {
    const key = newId();
    app.ticketing.onBook = () => 'cut';
    expect((await book(seats, key)).status).to.equal(202);
    app.ticketing.onBook = (call) => ({ status: 201, body: bookingView(call) });
    expect((await book(seats, key)).status).to.equal(201);
    const [first, second] = app.ticketing.calls;
    expect(second).to.deep.equal(first);
  });

  it('asks once more, later, about a repeat that is refused after a call without an answer', async () => {
    const key = newId();
    app.ticketing.onBook = () => 'cut';
    await book(seats, key);
    app.ticketing.onBook = () => problem(409, 'not_on_sale');
    expect((await book(seats, key)).status).to.equal(409);
    const [stored] = await ofBuyer();
    expect(stored?.check.nextAttemptAt).to.be.instanceOf(Date);
  });

  for (const code of ['event_not_found', 'seat_not_found']) {
    it(`passes ${code} on and leaves no booking; a repeat is refused in the same way`, async () => {
      app.ticketing.onBook = () => problem(404, code, { field: 'body.seatIds' });
      const key = newId();
      const answers = await Promise.all(Array.from({ length: 5 }, () => book(seats, key)));
      answers.push(await book(seats, key));
      for (const { status, data } of answers) {
        expect(status).to.equal(404);
        expect(data).to.deep.equal(answers[0]?.data);
      }
      expect(answers[0]?.data).to.include({ code, field: 'body.seatIds' });
      expect(await ofBuyer()).to.have.length(0);
    });
  }

  it('needs a key of 8 to 128 printable characters', async () => {
    const none = await buyer.http.post('/bookings', seats);
    expect([none.status, none.data.code, none.data.field]).to.deep.equal([
      400,
      'idempotency_key_missing',
      'header.Idempotency-Key',
    ]);
    for (const key of ['short', 'x'.repeat(129), 'kéy-of-eight', 'with a space']) {
      const { status, data } = await book(seats, key);
      expect([status, data.code]).to.deep.equal([400, 'idempotency_key_invalid']);
    }
    expect(app.ticketing.calls).to.have.length(0);
  });
});
