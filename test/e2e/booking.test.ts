import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases } from './databases.ts';
import { faultAtX, holdsAtX, sellElsewhereAtX } from './organizer-stage.ts';
import {
  anEvent,
  atTicketApp,
  book,
  booked,
  bookingOf,
  call,
  invoiceOf,
  pay,
  person,
  seatsOf,
  untilStatus,
} from './stage.ts';

describe('a booking', () => {
  after(closeDatabases);

  it('is held, invoiced, paid and confirmed, and its ticket arrives (C2, C4, C5, T2, T3, T6)', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    const booking = await booked(buyer, eventId, ['A-1-2', 'A-1-1']);
    expect(booking).to.deep.include({ status: 'AWAITING_PAYMENT', amount: 1_500_000 });
    expect(booking.invoiceNumber).to.be.a('string');
    expect(await seatsOf(eventId)).to.deep.include({ 'A-1-1': { status: 'ON_GOING', bookingId: booking.bookingId } });
    expect(await holdsAtX(eventId)).to.have.length(1);

    await pay(booking.paymentUrl, 'test_success');
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED');
    expect((await seatsOf(eventId))['A-1-1']).to.deep.equal({ status: 'BOOKED', bookingId: booking.bookingId });
    expect(await invoiceOf(booking.bookingId)).to.include({ status: 'PAID', amount: 1_500_000 });

    const pdf = await waitUntil('the PDF at client-app', async () => {
      const answer = await fetch(`${system().urls.clientApp}/bookings/${booking.bookingId}/ticket.pdf`, {
        headers: { authorization: `Bearer ${buyer.token}` },
      });
      return answer.ok && Buffer.from(await answer.arrayBuffer());
    });
    const { body: confirmed } = await bookingOf(buyer, booking.bookingId);
    expect(pdf.subarray(0, 5).toString()).to.equal('%PDF-');
    expect(createHash('sha256').update(pdf).digest('hex')).to.equal(confirmed.ticket?.sha256);
    const steps = confirmed.timeline.map((entry) => entry.step);
    expect(steps).to.include.members(['requested', 'held', 'invoiced', 'confirmed']);
  });

  it('survives each way in which the organizer fails, with one hold (T2)', async () => {
    const buyer = await person();
    for (const fault of ['503', 'cut', 'rubbish', 'timeout'] as const) {
      const eventId = await anEvent();
      await faultAtX({ eventId, fault, call: 'hold', times: 2 });
      const { status } = await book(buyer, eventId, ['A-1-1']);
      expect(status, fault).to.equal(201);
      const holds = await holdsAtX(eventId);
      expect(
        holds.map((hold) => hold.state),
        fault,
      ).to.deep.equal(['held']);
    }
  });

  it('goes through organizer Y as well, whose API is another (T8)', async () => {
    const buyer = await person();
    const eventId = await anEvent({ organizer: 'y' });
    const booking = await booked(buyer, eventId, ['A-1-1']);
    await pay(booking.paymentUrl, 'test_success');
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED');
  });

  it('is refused, and its seats closed, when the organizer has sold them elsewhere', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    await sellElsewhereAtX(eventId, ['A-1-2']);
    const { status, body } = await book(buyer, eventId, ['A-1-1', 'A-1-2']);
    expect(status).to.equal(409);
    expect(body).to.deep.include({ code: 'organizer_refused', seatIds: ['A-1-2'] });
    await waitUntil('the other seat to open', async () => (await seatsOf(eventId))['A-1-1']?.status === 'OPEN');
    const second = await book(buyer, eventId, ['A-1-2']);
    expect(second.body.code).to.equal('seat_closed');
  });

  it('fails when every try is declined, says so, and its seat is open again (P2, C3)', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    const booking = await booked(buyer, eventId, ['A-1-1']);
    for (const triesLeft of [2, 1, 0]) {
      const paid = await pay(booking.paymentUrl, 'test_decline');
      expect(paid.status).to.equal(202);
      await waitUntil('the try to settle', async () => {
        const invoice = await invoiceOf(booking.bookingId);
        return invoice.triesLeft === triesLeft && invoice.status !== 'PROCESSING';
      });
    }
    const failed = await untilStatus(buyer, booking.bookingId, 'FAILED');
    expect(failed.reason).to.equal('payment_declined');
    await waitUntil('the seat to open', async () => (await seatsOf(eventId))['A-1-1']?.status === 'OPEN');
    expect((await holdsAtX(eventId)).map((hold) => hold.state)).to.deep.equal(['released']);
    const again = await book(await person(), eventId, ['A-1-1']);
    expect(again.status).to.equal(201);
  });

  it('expires by void: first no money can come, then the seat opens', async () => {
    const buyer = await person();
    const eventId = await anEvent({ holdSeconds: 1 });
    const booking = await booked(buyer, eventId, ['A-1-1']);
    const failed = await untilStatus(buyer, booking.bookingId, 'FAILED');
    expect(failed.reason).to.equal('payment_expired');
    expect(await invoiceOf(booking.bookingId)).to.include({ status: 'VOIDED' });
    expect((await pay(booking.paymentUrl, 'test_success')).status).to.equal(410);
    await waitUntil('the seat to open', async () => (await seatsOf(eventId))['A-1-1']?.status === 'OPEN');
  });

  it('that is cancelled before it is paid ends CANCELLED, with the invoice voided', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    const booking = await booked(buyer, eventId, ['A-1-1']);
    const cancelled = await call<{ status: string }>(
      `${system().urls.clientApp}/bookings/${booking.bookingId}/cancel`,
      { token: buyer.token, body: {} },
    );
    expect(cancelled.body).to.include({ status: 'CANCELLED', reason: 'cancelled_by_customer' });
    expect(await invoiceOf(booking.bookingId)).to.include({ status: 'VOIDED' });
    await waitUntil('the seat to open', async () => (await seatsOf(eventId))['A-1-1']?.status === 'OPEN');
  });

  it('that is paid while it is being cancelled gets its money back, and no ticket', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    const booking = await booked(buyer, eventId, ['A-1-1']);
    await pay(booking.paymentUrl, 'test_slow_success', { delayMs: 1_500 });
    const cancelling = call(`${system().urls.clientApp}/bookings/${booking.bookingId}/cancel`, {
      token: buyer.token,
      body: {},
    });
    const refunded = await waitUntil('the refund', async () => {
      const { body } = await bookingOf(buyer, booking.bookingId);
      return body.refund?.status === 'succeeded' && body;
    });
    await cancelling;
    expect(refunded).to.include({ status: 'CANCELLED', reason: 'cancelled_by_customer' });
    expect(refunded.refund).to.include({ amount: 750_000 });
    expect(refunded.ticket).to.equal(undefined);
    expect(await invoiceOf(booking.bookingId)).to.include({ status: 'REFUNDED' });
    await waitUntil('the seat to open', async () => (await seatsOf(eventId))['A-1-1']?.status === 'OPEN');
  });

  it('is told the same way by both services (T7)', async () => {
    const buyer = await person();
    const { bookingId } = await booked(buyer, await anEvent(), ['A-1-1']);
    const [mine, theirs] = await Promise.all([bookingOf(buyer, bookingId), atTicketApp(bookingId)]);
    for (const field of ['status', 'version', 'bookingNumber', 'seatIds', 'expiresAt'] as const) {
      expect(mine.body[field], field).to.deep.equal(theirs.body[field]);
    }
  });
});
