import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { type BookingReason, type BookingView, textOfReason } from '../../../lib/contracts/booking.ts';
import type { WaitlistEntryView } from '../../../lib/contracts/waitlist.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, oldWebhookSecret, type Person, startClientApp } from '../../../test/client-app.ts';
import { bookingView, entryView } from '../../../test/ticketing-stand-in.ts';

const pdf = Buffer.from('%PDF-1.7 a ticket');
const sha256 = createHash('sha256').update(pdf).digest('hex');
const minuteMs = 60_000;

describe('POST /webhooks/ticketing (C4)', () => {
  let app: ClientAppUnderTest;
  let buyer: Person;

  before(async () => {
    app = await startClientApp('webhooks');
    buyer = await app.person();
  });
  after(() => app.close());

  const view = (told: Partial<BookingView> = {}): BookingView =>
    bookingView({ bookingId: newId(), customerId: buyer.userId, eventId: 'konser', seatIds: ['A-1'] }, told);
  const confirmed = (told: Partial<BookingView> = {}) => {
    const booking = view({ status: 'CONFIRMED', version: 3, ticket: { id: 't', sha256 }, ...told });
    app.ticketing.pdfs.set(booking.bookingId, pdf);
    return { type: 'booking.confirmed', ...booking };
  };
  const stored = (bookingId: string) => app.dependencies.bookings.find(bookingId);
  const count = (collection: string) => app.connection.collection(collection).countDocuments();

  it('stores a booking that client-app did not know, and its ticket', async () => {
    const webhook = confirmed();
    expect(await app.notify(webhook)).to.equal(204);
    const booking = await stored(webhook.bookingId);
    expect(booking).to.include({ status: 'CONFIRMED', version: 3, customerId: buyer.userId });
    expect(booking?.ticketFile).to.include({ sha256, length: pdf.length });
    expect(await count('ticket_uploads')).to.equal(0);
  });

  it('ignores fields it does not know', async () => {
    const webhook = { ...confirmed(), newInTheNextRelease: true };
    expect(await app.notify(webhook)).to.equal(204);
    expect(await stored(webhook.bookingId)).not.to.have.property('newInTheNextRelease');
  });

  it('leaves a booking CONFIRMED when an older notification comes after (K-5)', async () => {
    const webhook = confirmed();
    await app.notify(webhook);
    const { ticket: _, ...booking } = webhook;
    const late = { ...booking, type: 'booking.awaiting_payment', status: 'AWAITING_PAYMENT', version: 2 };
    expect(await app.notify(late)).to.equal(204);
    expect(await stored(webhook.bookingId)).to.include({ status: 'CONFIRMED', version: 3 });
  });

  it('does not act twice on a delivery that is done, and fetches no ticket twice', async () => {
    const webhook = confirmed();
    const id = newId();
    await app.notify(webhook, { id });
    const fetched = () => app.ticketing.requests.filter((line) => line.includes(webhook.bookingId)).length;
    expect(fetched()).to.equal(1);
    expect(await app.notify({ ...webhook, status: 'CANCELLED', version: 9 }, { id })).to.equal(204);
    expect(await stored(webhook.bookingId)).to.include({ status: 'CONFIRMED', version: 3 });
    expect(await app.notify(webhook)).to.equal(204);
    expect(fetched()).to.equal(1);
  });

  it('keeps one file of ten equal deliveries at once', async () => {
    const webhook = confirmed();
    const before = { files: await count('tickets.files'), chunks: await count('tickets.chunks') };
    const answers = await Promise.all(Array.from({ length: 10 }, () => app.notify(webhook)));
    expect(new Set(answers)).to.deep.equal(new Set([204]));
    expect(await count('tickets.files')).to.equal(before.files + 1);
    expect(await count('tickets.chunks')).to.equal(before.chunks + 1);
    expect(await count('ticket_uploads')).to.equal(0);
  });

  it('neither stores nor acknowledges a ticket with another hash', async () => {
    const files = await count('tickets.files');
    const webhook = confirmed();
    app.ticketing.pdfs.set(webhook.bookingId, Buffer.from('%PDF-1.7 another'));
    const id = newId();
    expect(await app.notify(webhook, { id })).to.equal(503);
    expect((await stored(webhook.bookingId))?.ticketFile).to.equal(null);
    expect(await count('tickets.files')).to.equal(files);

    app.ticketing.pdfs.set(webhook.bookingId, pdf);
    expect(await app.notify(webhook, { id })).to.equal(204);
    expect((await stored(webhook.bookingId))?.ticketFile?.sha256).to.equal(sha256);
  });

  it('does not acknowledge while the ticket cannot be had, and knows the booking all the same', async () => {
    const webhook = confirmed();
    app.ticketing.fault = 'cut';
    expect(await app.notify(webhook)).to.equal(503);
    app.ticketing.fault = undefined;
    expect(await stored(webhook.bookingId)).to.include({ status: 'CONFIRMED', ticketFile: null });
    expect(await app.notify(webhook)).to.equal(204);
  });

  it('refuses forged and stale deliveries: 401, nothing stored', async () => {
    const webhook = confirmed();
    const body = JSON.stringify(webhook);
    const forged = {
      'another secret': { secret: 'whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA==' },
      'a body changed after signing': { sentBody: body.replace('"version":3', '"version":8') },
      'five minutes old': { at: new Date(Date.now() - 6 * minuteMs) },
      'from the future': { at: new Date(Date.now() + 6 * minuteMs) },
    };
    for (const [name, given] of Object.entries(forged)) expect(await app.notify(webhook, given), name).to.equal(401);
    const unsigned = await app.http.post('/webhooks/ticketing', webhook);
    expect([unsigned.status, unsigned.data.code]).to.deep.equal([401, 'webhook_forged']);
    expect(await stored(webhook.bookingId)).to.equal(null);
  });

  it('takes a delivery signed by any of two live secrets', async () => {
    expect(await app.notify(confirmed(), { secret: oldWebhookSecret })).to.equal(204);
  });

  it('refuses what is malformed: 400, whoever signed it', async () => {
    const { version: _, ...incomplete } = confirmed();
    for (const body of ['{"type":', '[]', JSON.stringify(incomplete), JSON.stringify({ ...confirmed(), type: 'x' })]) {
      expect(await app.notify(body), body.slice(0, 20)).to.equal(400);
    }
  });

  it('answers a type that it does not know yet, so that it is not sent for days, and leaves it to a replay', async () => {
    const id = newId();
    expect(await app.notify({ type: 'booking.upgraded', anything: 1 }, { id })).to.equal(204);
    expect(await app.dependencies.webhooks.isDone(id)).to.equal(false);
    expect(
      await app.notify({ type: 'booking.upgraded' }, { secret: 'whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA==' }),
    ).to.equal(401);
  });

  describe('of the waitlist', () => {
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
});
