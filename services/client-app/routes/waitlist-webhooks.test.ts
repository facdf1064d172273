import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { type BookingReason, type BookingView, textOfReason } from '../../../lib/contracts/booking.ts';
import type { WaitlistEntryView } from '../../../lib/contracts/waitlist.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, type Person, startClientApp } from '../../../test/client-app.ts';
import { bookingView, entryView } from '../../../test/ticketing-stand-in.ts';

const minuteMs = 60_000;

describe('POST /webhooks/ticketing of the waitlist', () => {
  let app: ClientAppUnderTest;
  let buyer: Person;

  before(async () => {
    app = await startClientApp('waitlist-webhooks');
    buyer = await app.person();
  });
  after(() => app.close());

  const view = (told: Partial<BookingView> = {}): BookingView =>
    bookingView({ bookingId: newId(), customerId: buyer.userId, eventId: 'konser', seatIds: ['A-1'] }, told);
  const entry = (told: Partial<WaitlistEntryView> = {}) =>
    entryView({ entryId: newId(), customerId: buyer.userId, eventId: 'konser', seatId: 'A-1' }, told);
  const find = (entryId: string) => app.dependencies.waitlist.find(entryId);
  /** A promoted person's booking, of which client-app has never heard. */
  const offerOf = ({ entryId }: WaitlistEntryView, told: Partial<BookingView> = {}) =>
    view({ bookingId: `${entryId}-1`, waitlistEntryId: entryId, ...told });

  it('stores an entry that client-app did not know, and applies no older news', async () => {
    const told = entry({ version: 3, status: 'LAPSED', bookingId: 'b' });
    expect(await app.notify({ type: 'waitlist.passed', ...told })).to.equal(204);
    expect(await find(told.entryId)).to.include({ status: 'LAPSED', active: false, customerId: buyer.userId });
    const late = { ...told, version: 2, status: 'OFFERED' };
    expect(await app.notify({ type: 'waitlist.offered', ...late })).to.equal(204);
    expect(await find(told.entryId)).to.include({ status: 'LAPSED', version: 3 });
  });

  it('does not act twice on a delivery that is done', async () => {
    const told = entry();
    const id = newId();
    await app.notify({ type: 'waitlist.requeued', ...told }, { id });
    expect(await app.notify({ type: 'waitlist.left', ...told, version: 9, status: 'LEFT' }, { id })).to.equal(204);
    expect(await find(told.entryId)).to.include({ status: 'WAITING', version: 1 });
  });

  it('takes ten equal deliveries at once as one', async () => {
    const told = entry({ version: 2, status: 'OFFERED' });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => app.notify({ type: 'waitlist.offered', ...told })),
    );
    expect(new Set(answers)).to.deep.equal(new Set([204]));
    expect(await find(told.entryId)).to.include({ status: 'OFFERED', version: 2 });
  });

  it('refuses what is malformed: 400', async () => {
    const { version: _, ...incomplete } = entry();
    for (const told of [incomplete, { ...entry(), status: 'SOLD' }, { ...entry(), entryId: { $ne: null } }]) {
      expect(await app.notify({ type: 'waitlist.left', ...told })).to.equal(400);
    }
  });

  it('shows a promoted person what to pay, where and until when, whichever notification comes first', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const offered = entry({ version: 2, status: 'OFFERED' });
      const offer = offerOf(offered);
      const webhooks = [
        { type: 'waitlist.offered', ...offered, bookingId: offer.bookingId },
        { type: 'booking.awaiting_payment', ...offer },
      ];
      for (const index of order) expect(await app.notify(webhooks[index])).to.equal(204);
      const { data: mine } = await buyer.http.get(`/bookings/${offer.bookingId}`);
      expect(mine).to.deep.include({
        status: 'AWAITING_PAYMENT',
        invoice: offer.invoice,
        expiresAt: offer.expiresAt,
      });
      expect(mine).to.include({
        waitlistEntryId: offered.entryId,
        waitlistEntryUrl: `/waitlist-entries/${offered.entryId}`,
      });
      const { data: listed } = await buyer.http.get('/bookings?limit=1');
      expect(listed.bookings[0].waitlistEntryId).to.equal(offered.entryId);
      const { data: place } = await buyer.http.get(`/waitlist-entries/${offered.entryId}`);
      expect(place).to.include({ status: 'OFFERED', bookingUrl: `/bookings/${offer.bookingId}` });
    }
  });

  const ends = {
    payment_expired: /not paid in time, so it went to the next/,
    payment_declined: /declined each time, so the seat went to the next/,
    payment_unavailable: /keep your place/,
    organizer_unavailable: /keep your place/,
    event_cancelled: /^The event was cancelled/,
  } as const;
  for (const [reason, words] of Object.entries(ends)) {
    it(`tells what ${reason} means to a promoted person, and to nobody else`, async () => {
      const told = { version: 4, status: 'FAILED', reason: reason as BookingReason } as const;
      const [offer, other] = [offerOf(entry(), told), view(told)];
      for (const booking of [offer, other]) await app.notify({ type: 'booking.failed', ...booking });
      expect((await buyer.http.get(`/bookings/${offer.bookingId}`)).data.reasonText).to.match(words);
      expect((await buyer.http.get(`/bookings/${other.bookingId}`)).data.reasonText).to.equal(
        textOfReason[reason as BookingReason],
      );
    });
  }

  it('says of a promoted person who gave the paid seat back that they cancelled, not that they declined', async () => {
    const told = { version: 6, status: 'CANCELLED', reason: 'cancelled_by_customer' } as const;
    const declined = offerOf(entry(), told);
    const paid = offerOf(entry(), { ...told, ticket: { id: 't', sha256: 'f'.repeat(64) } });
    for (const booking of [declined, paid]) await app.notify({ type: 'booking.cancelled', ...booking });
    const textOf = async ({ bookingId }: BookingView) =>
      (await buyer.http.get(`/bookings/${bookingId}`)).data.reasonText;
    expect(await textOf(declined)).to.match(/^You declined the seat/);
    expect(await textOf(paid)).to.equal(textOfReason.cancelled_by_customer);
  });

  it("has an offer's entry asked about soon after its booking has ended", async () => {
    const offered = entry({ version: 2, status: 'OFFERED' });
    await app.notify({ type: 'waitlist.offered', ...offered });
    await app.connection
      .collection('waitlist_entries')
      .updateOne({ _id: offered.entryId as never }, { $set: { 'check.nextAttemptAt': new Date('2031-01-01') } });
    await app.notify({ type: 'booking.awaiting_payment', ...offerOf(offered) });
    expect((await find(offered.entryId))?.check?.nextAttemptAt?.getUTCFullYear()).to.equal(2031);
    await app.notify({
      type: 'booking.failed',
      ...offerOf(offered, { version: 4, status: 'FAILED', reason: 'payment_expired' }),
    });
    expect((await find(offered.entryId))?.check?.nextAttemptAt?.getTime()).to.be.lessThan(Date.now() + minuteMs);
  });
});
