import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { someSeats } from '../factories/seats.ts';
import {
  cancel,
  checkIn,
  codeOf,
  confirmed,
  expectGivenBack,
  inMs,
  recoveryMs,
  ticketPdf,
} from './cancellation-stage.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { faultAtX } from './organizer-stage.ts';
import { anEvent, booked, bookingOf, invoiceOf, pay, people, person, seatsOf, theAdmin, untilStatus } from './stage.ts';

describe('cancelling a confirmed booking', function () {
  this.timeout(180_000);
  after(closeDatabases);

  it('gives the seat and the money back, once, and takes the ticket away', async () => {
    const buyer = await person();
    const booking = await confirmed(buyer, await anEvent());
    const { bookingId } = booking;
    expect((await ticketPdf(buyer, bookingId)).status).to.equal(200);
    const { status, body } = await cancel(buyer, bookingId);
    expect([status, body.status, body.reason]).to.deep.equal([200, 'CANCELLED', 'cancelled_by_customer']);
    expect(body).not.to.have.property('ticket');
    await expectGivenBack(buyer, booking);

    const { body: after } = await bookingOf(buyer, bookingId);
    expect(after.refund).to.include({ amount: 750_000, reason: 'cancelled_by_customer' });
    const sentence = (step: string) => after.timeline.find((entry) => entry.step === step)?.text;
    expect(sentence('cancelling')).to.equal('You asked to cancel this booking.');
    expect(sentence('refunded')).to.equal('Rp 750.000 has been returned to you. Reason: You cancelled this booking.');
    const pdf = await ticketPdf(buyer, bookingId);
    expect([pdf.status, pdf.body.code]).to.deep.equal([410, 'ticket_revoked']);
    const scan = await checkIn(await codeOf(booking));
    expect([scan.status, scan.body.code]).to.deep.equal([410, 'ticket_revoked']);
    // Another buys the seat.
    expect((await confirmed(await person(), booking.eventId)).status).to.equal('CONFIRMED');
    expect((await cancel(buyer, bookingId)).status).to.equal(200);
    expect((await seatsOf(booking.eventId))['A-1-1']?.status).to.equal('BOOKED');
  });

  it('asked twenty times at once is done once: one refund, the same answer to all', async () => {
    const buyer = await person();
    const booking = await confirmed(buyer, await anEvent());
    const answers = await Promise.all(Array.from({ length: 20 }, () => cancel(buyer, booking.bookingId)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.status}`))).to.deep.equal(
      new Set(['200 CANCELLED']),
    );
    await expectGivenBack(buyer, booking);
    const { timeline } = (await bookingOf(buyer, booking.bookingId)).body;
    for (const step of ['cancelling', 'cancelled', 'refunded']) {
      expect(
        timeline.filter((entry) => entry.step === step),
        step,
      ).to.have.length(1);
    }
  });

  it('is for its own buyer and for admins; to others it does not exist', async () => {
    const buyer = await person();
    const { bookingId } = await confirmed(buyer, await anEvent());
    expect((await cancel(await person(), bookingId)).status).to.equal(404);
    await untilStatus(buyer, bookingId, 'CONFIRMED');
  });

  it('ends for buyers at the cut-off, which the answer names; an admin may go past it, with a reason', async () => {
    const buyer = await person();
    const cancellableUntil = inMs(-1_000);
    const booking = await confirmed(buyer, await anEvent({ changes: { cancellableUntil } }));
    const { status, body } = await cancel(buyer, booking.bookingId);
    expect([status, body.code, body.cancellableUntil]).to.deep.equal([409, 'cancellation_closed', cancellableUntil]);
    // Jakarta is 7 hours ahead of UTC.
    const there = new Date(Date.parse(cancellableUntil) + 7 * 3_600_000).toISOString();
    expect(body.detail)
      .to.include(`${there.slice(11, 16)} WIB`)
      .and.not.include(cancellableUntil);
    expect((await bookingOf(buyer, booking.bookingId)).body).to.include({
      status: 'CONFIRMED',
      version: booking.version,
    });

    const answer = await cancel(await theAdmin(), booking.bookingId, { reason: 'The hall is flooded.' });
    expect([answer.status, answer.body.status, answer.body.reason]).to.deep.equal([
      200,
      'CANCELLED',
      'cancelled_by_organizer',
    ]);
    await expectGivenBack(buyer, booking);
    const { timeline } = (await bookingOf(buyer, booking.bookingId)).body;
    expect(timeline.find(({ step }) => step === 'cancelling')?.text).to.equal(
      'The organizer cancels this booking. Their reason: The hall is flooded.',
    );
  });

  it('with a used ticket is refused: 409, still confirmed, no refund', async () => {
    const buyer = await person();
    const booking = await confirmed(buyer, await anEvent(), ['A-1-1', 'A-1-2']);
    expect((await checkIn(await codeOf(booking, 1))).status).to.equal(200);
    for (const who of [buyer, await theAdmin()]) {
      const { status, body } = await cancel(who, booking.bookingId);
      expect([status, body.code]).to.deep.equal([409, 'ticket_used']);
    }
    const { body } = await bookingOf(buyer, booking.bookingId);
    expect(body).to.include({ status: 'CONFIRMED' }).and.not.have.any.keys('refund', 'reason');
    expect((await invoiceOf(booking.bookingId)).status).to.equal('PAID');
    expect((await ticketPdf(buyer, booking.bookingId)).status).to.equal(200);
  });

  it('is not held up by an organizer that is away', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    const booking = await confirmed(buyer, eventId);
    await faultAtX({ eventId, fault: '503', call: 'release', times: 6 });
    const { status, body } = await cancel(buyer, booking.bookingId);
    expect([status, body.status]).to.deep.equal([200, 'CANCELLED']);
    await expectGivenBack(buyer, booking);
  });

  it('asked right after paying ends in a cancellation, however the race goes: 12 rounds', async () => {
    const eventId = await anEvent({ seats: someSeats(12) });
    const buyers = await people(12);
    await Promise.all(
      buyers.map(async (buyer, i) => {
        const booking = await booked(buyer, eventId, [`A-1-${i + 1}`]);
        await pay(booking.paymentUrl, 'test_success');
        // From before the payment settles (300 ms) to after the ticket is made.
        await delay(i * 100);
        const { status } = await cancel(buyer, booking.bookingId);
        expect(status).to.be.oneOf([200, 202]);
        await untilStatus(buyer, booking.bookingId, 'CANCELLED', recoveryMs);
        await expectGivenBack(buyer, booking, `A-1-${i + 1}`);
        const tickets = (await databaseOf('ticket-app')).collection<{ _id: string }>('tickets');
        expect(await tickets.findOne({ _id: booking.bookingId })).to.include({ status: 'REVOKED' });
      }),
    );
  });
});
