import { expect } from 'chai';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import type { BookingView } from '../../../lib/contracts/booking.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, startClientApp } from '../../../test/client-app.ts';
import { bookingView } from '../../../test/ticketing-stand-in.ts';

describe('the booking history as a projection (K-5)', () => {
  let app: ClientAppUnderTest;

  before(async () => {
    app = await startClientApp('projection');
  });
  after(() => app.close());

  const life: Partial<BookingView>[] = [
    { version: 1, status: 'HOLDING' },
    { version: 2, status: 'AWAITING_PAYMENT' },
    { version: 3, status: 'CONFIRMED', ticket: { id: 't', sha256: 'x' } },
    { version: 4, status: 'CANCELLING' },
    { version: 5, status: 'CANCELLED', reason: 'cancelled_by_customer' },
  ];
  const call = () => ({ bookingId: newId(), customerId: 'sari', eventId: 'konser', seatIds: ['A-1'] });
  const request = (booking: ReturnType<typeof call>) =>
    app.dependencies.bookings.request({ ...booking, startBefore: new Date(Date.now() + 60_000) });

  it('ends at the highest version, whatever the order, the repeats and the gaps, from a booking known or unknown', async function () {
    this.timeout(60_000);
    const deliveries = fc.array(fc.constantFrom(...life), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(deliveries, fc.boolean(), fc.boolean(), async (order, isKnown, atOnce) => {
        const booking = call();
        if (isKnown) await request(booking);
        const apply = (told: Partial<BookingView>) => app.dependencies.bookings.apply(bookingView(booking, told));
        if (atOnce) await Promise.all(order.map(apply));
        else for (const told of order) await apply(told);
        const newest = order.reduce((one, other) => ((other.version ?? 0) > (one.version ?? 0) ? other : one));
        const stored = await app.dependencies.bookings.find(booking.bookingId);
        expect(stored).to.deep.include({ version: newest.version, status: newest.status });
        expect(stored?.reason).to.equal(newest.reason);
        expect(stored?.ticket).to.deep.equal(newest.ticket);
      }),
      { numRuns: 40 },
    );
  });

  it('is changed by a repeat in nothing', async () => {
    const booking = call();
    const view = bookingView(booking);
    expect(await app.dependencies.bookings.apply(view)).to.equal('applied');
    const stored = await app.dependencies.bookings.find(booking.bookingId);
    expect(await app.dependencies.bookings.apply({ ...view, status: 'FAILED' })).to.equal('known');
    expect(await app.dependencies.bookings.find(booking.bookingId)).to.deep.equal(stored);
  });

  it('keeps the place in the list that the booking had from its start', async () => {
    const booking = call();
    const { booking: requested } = await request(booking);
    await app.dependencies.bookings.apply(
      bookingView(booking, { createdAt: '2031-01-01T00:00:00.000Z', customerId: 'x' }),
    );
    const stored = await app.dependencies.bookings.find(booking.bookingId);
    expect(stored).to.deep.include({ createdAt: requested.createdAt, customerId: 'sari' });
  });

  it('fails or forgets only what ticket-app has told nothing of', async () => {
    const { bookings } = app.dependencies;
    const booking = call();
    await bookings.apply(bookingView(booking));
    await bookings.fail(booking.bookingId, 'not_started');
    await bookings.forget(booking.bookingId);
    expect(await bookings.find(booking.bookingId)).to.include({ status: 'AWAITING_PAYMENT', version: 2 });
  });

  it('is not forgotten, nor failed for good, by one of two calls that were made at once', async () => {
    const { bookings } = app.dependencies;
    const booking = call();
    expect((await request(booking)).isNew).to.equal(true);
    // Another process, with the same key: its call may begin what the first one could not.
    expect((await request(booking)).isNew).to.equal(false);
    expect(await bookings.forget(booking.bookingId)).to.equal(false);
    await bookings.fail(booking.bookingId, 'seat_taken');
    const failed = await bookings.find(booking.bookingId);
    expect(failed).to.include({ status: 'FAILED', reason: 'seat_taken' });
    expect(failed?.check, 'it is asked about once more').to.be.an('object');

    const alone = call();
    await request(alone);
    expect(await bookings.forget(alone.bookingId)).to.equal(true);
    expect(await bookings.find(alone.bookingId)).to.equal(null);
  });

  it('reads a page and what is due by an index', async () => {
    const plan = async (filter: Record<string, unknown>, sort: Record<string, 1 | -1>) => {
      const found = await app.connection.collection('bookings').find(filter).sort(sort).explain('queryPlanner');
      return JSON.stringify(found.queryPlanner.winningPlan);
    };
    const newest = { createdAt: -1, _id: -1 } as const;
    for (const [filter, sort] of [
      [{ customerId: 'sari' }, newest],
      [{ customerId: 'sari', status: 'FAILED' }, newest],
      [{ 'check.nextAttemptAt': { $lte: new Date() } }, {}],
    ] as const) {
      expect(await plan(filter, sort))
        .to.include('IXSCAN')
        .and.not.to.include('"SORT"');
    }
  });
});
