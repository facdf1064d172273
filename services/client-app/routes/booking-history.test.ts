import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import type { BookingView } from '../../../lib/contracts/booking.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, type Person, startClientApp } from '../../../test/client-app.ts';
import { bookingView } from '../../../test/ticketing-stand-in.ts';

const pdf = Buffer.from('%PDF-1.7 a ticket');
const sha256 = createHash('sha256').update(pdf).digest('hex');

describe('the booking history (C3)', () => {
  let app: ClientAppUnderTest;
  let buyer: Person;
  let other: Person;
  let admin: Person;

  before(async () => {
    app = await startClientApp('booking-history', { patienceMs: 2_000 });
    [buyer, other, admin] = [await app.person(), await app.person(), await app.person('admin')];
  });
  after(() => app.close());

  async function booked(person: Person, told: Partial<BookingView> = {}): Promise<BookingView> {
    const view = bookingView(
      { bookingId: newId(), customerId: person.userId, eventId: 'konser', seatIds: ['A-1'] },
      told,
    );
    await app.dependencies.bookings.apply(view);
    return view;
  }
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

  it('lists own bookings newest first, in pages, each once', async () => {
    const person = await app.person();
    // Three at the same instant: the id decides.
    const made = await Promise.all([1, 2, 2, 2, 3].map((second) => booked(person, { createdAt: at(second) })));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { data } = await person.http.get('/bookings', { params: { limit: 2, ...(cursor && { cursor }) } });
      seen.push(...data.bookings.map((booking: BookingView) => booking.bookingId));
      cursor = data.nextCursor;
    } while (cursor);
    expect(seen).to.have.length(5);
    expect(new Set(seen)).to.deep.equal(new Set(made.map((booking) => booking.bookingId)));
    expect(seen[0]).to.equal(made[4]?.bookingId);
  });

  it('lists them oldest first where asked to, or of one event, under a cursor that is good for no other list', async () => {
    const person = await app.person();
    const made: string[] = [];
    for (const second of [1, 2, 3]) {
      const eventId = second === 2 ? 'opera' : 'konser';
      const told = { createdAt: at(second), eventId };
      made.push((await booked(person, told)).bookingId);
    }
    const ids = async (query: string) =>
      (await person.http.get(`/bookings?${query}`)).data.bookings.map(({ bookingId }: BookingView) => bookingId);
    expect(await ids('sort=oldest')).to.deep.equal(made);
    expect(await ids('eventId=opera')).to.deep.equal([made[1]]);
    const { data } = await person.http.get('/bookings?sort=oldest&limit=1');
    expect(await ids(`sort=oldest&cursor=${data.nextCursor}`)).to.deep.equal(made.slice(1));
    for (const other of ['', 'sort=oldest&eventId=konser', 'sort=oldest&status=CONFIRMED']) {
      const refused = await person.http.get(`/bookings?${other}&cursor=${data.nextCursor}`);
      expect([refused.status, refused.data.code], other).to.deep.equal([400, 'invalid_cursor']);
    }
  });

  it('filters by status, and tells why a booking failed', async () => {
    const person = await app.person();
    await booked(person);
    const failed = await booked(person, { status: 'FAILED', reason: 'payment_expired', version: 4 });
    const { data } = await person.http.get('/bookings?status=FAILED');
    expect(data.bookings).to.have.length(1);
    expect(data.bookings[0]).to.include({ bookingId: failed.bookingId, reason: 'payment_expired' });
    expect(data.bookings[0].reasonText).to.match(/not paid in time/);
  });

  it("shows another's bookings to admins only", async () => {
    const { bookingId } = await booked(other);
    expect((await admin.http.get(`/bookings?customerId=${other.userId}`)).data.bookings[0].bookingId).to.equal(
      bookingId,
    );
    const list = await buyer.http.get(`/bookings?customerId=${other.userId}`);
    expect([list.status, list.data.code]).to.deep.equal([403, 'forbidden']);
    for (const answer of [
      await buyer.http.get(`/bookings/${bookingId}`),
      await buyer.http.get(`/bookings/${bookingId}/ticket.pdf`),
      await buyer.http.post(`/bookings/${bookingId}/cancel`),
      await buyer.http.get(`/bookings/${newId()}`),
    ]) {
      expect([answer.status, answer.data.code]).to.deep.equal([404, 'booking_not_found']);
    }
    expect((await app.http.get('/bookings')).status).to.equal(401);
  });

  it('tells a booking whole: event, seats, invoice, refund, timeline', async () => {
    const refund = { refundId: 'r', status: 'succeeded', amount: 250_000, at: at(9) } as const;
    const view = await booked(buyer, { status: 'CANCELLED', reason: 'cancelled_by_customer', version: 7, refund });
    const { data } = await buyer.http.get(`/bookings/${view.bookingId}`);
    const { event, seats, invoice, timeline } = view;
    expect(data).to.deep.include({ event, seats, invoice, timeline, version: 7, status: 'CANCELLED' });
    expect(data.refund).to.deep.equal({ ...refund, reason: 'cancelled_by_customer' });
    expect(data).not.to.have.property('ticket');
  });

  describe('the ticket', () => {
    it('is streamed with its name and its hash, and not sent twice', async () => {
      const view = await booked(buyer, { status: 'CONFIRMED', version: 3, ticket: { id: 't', sha256 } });
      app.ticketing.pdfs.set(view.bookingId, pdf);
      const path = `/bookings/${view.bookingId}/ticket.pdf`;
      const early = await buyer.http.get(path);
      expect([early.status, early.data.code]).to.deep.equal([404, 'ticket_not_ready']);
      expect((await buyer.http.get(`/bookings/${view.bookingId}`)).data).not.to.have.property('ticket');

      expect(await app.notify({ type: 'booking.confirmed', ...view })).to.equal(204);
      const { data: booking } = await buyer.http.get(`/bookings/${view.bookingId}`);
      expect(booking.ticket).to.deep.equal({ url: path, sha256 });
      const { status, headers, data } = await buyer.http.get(path, { responseType: 'arraybuffer' });
      expect(status).to.equal(200);
      expect(headers).to.include({
        'content-type': 'application/pdf',
        'content-length': String(pdf.length),
        'content-disposition': `attachment; filename="${view.bookingNumber}.pdf"`,
        etag: `"${sha256}"`,
      });
      expect(data.equals(pdf)).to.equal(true);
      const again = await buyer.http.get(path, { headers: { 'If-None-Match': `"${sha256}"` } });
      expect(again.status).to.equal(304);

      // Cancelled: what is stored here is handed out no more.
      await app.notify({
        type: 'booking.cancelled',
        ...view,
        status: 'CANCELLED',
        reason: 'event_cancelled',
        version: 5,
      });
      const revoked = await buyer.http.get(path, { headers: { 'If-None-Match': `"${sha256}"` } });
      expect([revoked.status, revoked.data.code]).to.deep.equal([410, 'ticket_revoked']);
      expect((await buyer.http.get(`/bookings/${view.bookingId}`)).data).not.to.have.property('ticket');
    });

    it('is not handed out while its booking is being cancelled, and is again if it stays confirmed', async () => {
      const view = await booked(buyer, { status: 'CONFIRMED', version: 3, ticket: { id: 't', sha256 } });
      app.ticketing.pdfs.set(view.bookingId, pdf);
      await app.notify({ type: 'booking.confirmed', ...view });
      const asked = () => buyer.http.get(`/bookings/${view.bookingId}/ticket.pdf`);
      await app.dependencies.bookings.apply({ ...view, status: 'CANCELLING', version: 4 });
      const { status, data } = await asked();
      expect([status, data.detail]).to.deep.equal([
        404,
        'The booking is being cancelled; whether its ticket stays good is known in a moment.',
      ]);
      await app.dependencies.bookings.apply({ ...view, version: 5 });
      expect((await asked()).status).to.equal(200);
    });
  });
});
