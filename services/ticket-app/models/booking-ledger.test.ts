import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { type BookingLedger, createBookingLedger } from './booking-ledger.ts';
import { createUnsettledBookings } from './unsettled-bookings.ts';

describe('the booking ledger', () => {
  const database = useDatabase('ticket-app');
  let bookings: BookingLedger;
  let bookingId: string;
  const invoice = { invoiceNumber: 'INV-1', paymentUrl: 'http://pay', amount: 1, currency: 'IDR' as const };
  const begin = (runId = 'run-1') =>
    bookings.begin({
      _id: bookingId,
      runId,
      customerId: 'ayu',
      eventId: 'gamelan',
      seatIds: ['A-1-1'],
      claimBefore: new Date(Date.now() + 60_000),
    });
  const invoiced = () =>
    bookings.move(bookingId, 'AWAITING_PAYMENT', { step: 'invoiced', text: 'The invoice is ready.' }, { invoice });

  beforeEach(() => {
    bookingId = newId();
    bookings = createBookingLedger(database());
  });

  it('begins a booking once; another run finds the first one', async () => {
    await begin();
    expect((await begin('run-2')).runId).to.equal('run-1');
    expect(await bookings.get(bookingId)).to.include({ status: 'HOLDING', version: 1 });
  });

  it('adds 1 to the version with each change, and nothing with a repeat (K-1, K-5)', async () => {
    await begin();
    expect((await invoiced()).version).to.equal(2);
    const repeated = await invoiced();
    expect(repeated).to.include({ version: 2, status: 'AWAITING_PAYMENT' });
    expect(repeated.timeline.map((entry) => entry.step)).to.deep.equal(['requested', 'invoiced']);
  });

  it('notes a step once, however often and however many at once (K-1, K-5)', async () => {
    await begin();
    const note = () => bookings.note(bookingId, { step: 'held', text: 'The organizer holds the seats for you.' });
    const told = await Promise.all(Array.from({ length: 10 }, note));
    expect(told.map(({ version }) => version)).to.deep.equal(told.map(() => 2));
    expect((await note()).timeline.map(({ step }) => step)).to.deep.equal(['requested', 'held']);
  });

  it('allows no step back: what has failed is not invoiced by a write that wakes up late', async () => {
    await begin();
    await bookings.end(bookingId, 'FAILED', 'organizer_unavailable', 'Nobody answered.');
    expect(await invoiced()).to.include({ status: 'FAILED', version: 2 });
    expect((await bookings.get(bookingId)).invoice).to.equal(undefined);
  });

  it('does not fail what is confirmed', async () => {
    await begin();
    await bookings.move(bookingId, 'CONFIRMED', { step: 'confirmed', text: 'Paid.' });
    const booking = await bookings.end(bookingId, 'FAILED', 'payment_expired', 'Too late.');
    expect(booking.status).to.equal('CONFIRMED');
    expect(booking.reason).to.equal(undefined);
  });

  it('gives one of many concurrent ends the word', async () => {
    await begin();
    await Promise.all([
      bookings.end(bookingId, 'FAILED', 'payment_expired', 'Too late.'),
      bookings.end(bookingId, 'CANCELLED', 'cancelled_by_customer', 'You cancelled.'),
      bookings.move(bookingId, 'CONFIRMED', { step: 'confirmed', text: 'Paid.' }),
    ]);
    const booking = await bookings.get(bookingId);
    expect(booking.version).to.equal(2);
    expect(booking.timeline).to.have.length(2);
  });

  it('takes no step that comes before one that was taken: a refund is not pending again', async () => {
    await begin();
    const refund = (status: 'pending' | 'succeeded') => ({
      refund: { refundId: bookingId, status, amount: 1, at: new Date() },
    });
    const asked = { step: 'refund_requested', before: 'refunded', text: 'On its way.' };
    await bookings.note(bookingId, { step: 'refunded', text: 'Returned.' }, refund('succeeded'));
    const booking = await bookings.note(bookingId, asked, refund('pending'));
    expect(booking.refund?.status).to.equal('succeeded');
    expect(booking.version).to.equal(2);
  });

  describe('cancelling what is confirmed', () => {
    const by = { reason: 'cancelled_by_customer', text: 'You asked for it.' } as const;
    const confirmed = async () => {
      await begin();
      return bookings.move(bookingId, 'CONFIRMED', { step: 'confirmed', text: 'Paid.' });
    };
    const steps = async () => (await bookings.get(bookingId)).timeline.map(({ step }) => step).slice(2);

    it('begins once, however often and however many at once (K-1)', async () => {
      const read = await confirmed();
      const told = await Promise.all(Array.from({ length: 10 }, () => bookings.beginCancelling(read, by)));
      for (const booking of told) {
        expect(booking).to.include({ status: 'CANCELLING', reason: 'cancelled_by_customer', version: 3 });
      }
      expect(await steps()).to.deep.equal(['cancelling']);
    });

    it('is refused at the cut-off, by the clock of the database', async () => {
      const read = await confirmed();
      const at = (ms: number) => new Date(Date.now() + ms);
      expect(await bookings.beginCancelling(read, { ...by, before: at(-1) })).to.include({
        status: 'CONFIRMED',
        version: 2,
      });
      expect(await bookings.beginCancelling(read, { ...by, before: at(5_000) })).to.include({ status: 'CANCELLING' });
    });

    it('begins only from CONFIRMED', async () => {
      await begin();
      expect(await bookings.beginCancelling(await invoiced(), by)).to.include({ status: 'AWAITING_PAYMENT' });
    });

    it('steps back without a trace of its reason, and may begin anew', async () => {
      const first = await bookings.beginCancelling(await confirmed(), by);
      const back = await bookings.resume(first, 'A ticket was used.');
      expect(back).to.include({ status: 'CONFIRMED', version: 4 }).and.not.have.property('reason');
      const second = await bookings.beginCancelling(back, by);
      expect(second).to.include({ status: 'CANCELLING', version: 5 });
      await bookings.resume(second, 'A ticket was used.');
      expect(await steps()).to.deep.equal(['cancelling', 'not_cancelled', 'cancelling/2', 'not_cancelled/2']);
    });

    it('neither begins nor steps back once more by a write that wakes up late (K-2)', async () => {
      const read = await confirmed();
      const first = await bookings.beginCancelling(read, by);
      const back = await bookings.resume(first, 'A ticket was used.');
      expect(await bookings.beginCancelling(read, by)).to.include({ status: 'CONFIRMED', version: 4 });
      await bookings.beginCancelling(back, by);
      expect(await bookings.resume(first, 'A ticket was used.')).to.include({ status: 'CANCELLING', version: 5 });
    });

    it('ends CANCELLED, and from there leads nowhere', async () => {
      const read = await bookings.beginCancelling(await confirmed(), by);
      await bookings.end(bookingId, 'CANCELLED', 'cancelled_by_customer', 'You cancelled.');
      for (const write of [bookings.resume(read, 'Used.'), bookings.beginCancelling(read, by)]) {
        expect(await write).to.include({ status: 'CANCELLED', version: 4 });
      }
    });

    it('is found by the sweep once it has been so for a while', async () => {
      await bookings.beginCancelling(await confirmed(), by);
      const found = async (before: Date) =>
        (await createUnsettledBookings(database()).cancelling(before, 1_000)).map(({ _id }) => _id);
      expect(await found(new Date(Date.now() - 10_000))).not.to.include(bookingId);
      expect(await found(new Date(Date.now() + 1_000))).to.include(bookingId);
    });
  });

  it('notes what belongs to a state only in that state', async () => {
    await begin();
    await bookings.end(bookingId, 'FAILED', 'organizer_unavailable', 'Nobody answered.');
    const booking = await bookings.note(bookingId, { step: 'held', text: 'Held.' }, {}, ['HOLDING']);
    expect(booking.timeline.map((entry) => entry.step)).to.deep.equal(['requested', 'failed']);
  });
});
