import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import type { BookingView } from '../../../lib/contracts/booking.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, type Person, startClientApp } from '../../../test/client-app.ts';
import { bookingView, problem } from '../../../test/ticketing-stand-in.ts';

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
  const requested = async (person: Person) => {
    const bookingId = newId();
    const startBefore = new Date(Date.now() + 60_000);
    await app.dependencies.bookings.request({
      bookingId,
      customerId: person.userId,
      eventId: 'konser',
      seatIds: ['A-1'],
      startBefore,
    });
    return bookingId;
  };
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

  describe('cancelling', () => {
    it('answers with the booking as it then is, and says who cancelled', async () => {
      const asked: string[] = [];
      for (const [person, reason] of [
        [buyer, 'cancelled_by_customer'],
        [admin, 'cancelled_by_organizer'],
      ] as const) {
        const view = await booked(buyer);
        app.ticketing.onCancel = (_, body) => {
          asked.push(body.reason);
          return { status: 200, body: { ...view, status: 'CANCELLED', reason, version: 3 } };
        };
        const { status, data } = await person.http.post(`/bookings/${view.bookingId}/cancel`);
        expect(status).to.equal(200);
        expect(data).to.include({ status: 'CANCELLED', reason, version: 3 });
        const repeat = await person.http.post(`/bookings/${view.bookingId}/cancel`);
        expect(repeat.data).to.deep.equal(data);
      }
      expect(asked).to.deep.equal(['cancelled_by_customer', 'cancelled_by_organizer']);
    });

    it('takes one line of reason from an admin, and from nobody else', async () => {
      const view = await booked(buyer);
      const notes: Array<string | undefined> = [];
      app.ticketing.onCancel = (_, { note }) => {
        notes.push(note);
        return { status: 202, body: { ...view, status: 'CANCELLING', version: 3 } };
      };
      const cancel = (person: Person, body: unknown) => person.http.post(`/bookings/${view.bookingId}/cancel`, body);
      const { status, data } = await cancel(buyer, { reason: 'I am ill.' });
      expect([status, data.code]).to.deep.equal([403, 'forbidden']);
      for (const reason of ['', ' ', 'two\nlines', 'x'.repeat(201), 7]) {
        expect((await cancel(admin, { reason })).data.field, String(reason)).to.equal('body.reason');
      }
      expect((await cancel(admin, { reason: 'The hall is flooded.' })).status).to.equal(202);
      expect(notes).to.deep.equal(['The hall is flooded.']);
    });

    it('is the organizer’s wish when an admin gives a reason, also about a booking of their own', async () => {
      const view = await booked(admin);
      const reasons: string[] = [];
      app.ticketing.onCancel = (_, { reason }) => {
        reasons.push(reason);
        return { status: 202, body: { ...view, status: 'CANCELLING', version: 3 } };
      };
      for (const body of [{}, { reason: 'The hall is flooded.' }])
        await admin.http.post(`/bookings/${view.bookingId}/cancel`, body);
      expect(reasons).to.deep.equal(['cancelled_by_customer', 'cancelled_by_organizer']);
    });

    it('is 202 while it goes on: a payment that is being processed may still win', async () => {
      const view = await booked(buyer);
      app.ticketing.onCancel = () => ({ status: 202, body: view });
      const { status, data } = await buyer.http.post(`/bookings/${view.bookingId}/cancel`);
      expect([status, data.status]).to.deep.equal([202, 'AWAITING_PAYMENT']);
    });

    it('passes on why a confirmed booking stays, and learns of it', async () => {
      const view = await booked(buyer);
      const cancellableUntil = '2031-01-01T12:00:00.000Z';
      app.ticketing.onCancel = () => problem(409, 'cancellation_closed', { cancellableUntil });
      app.ticketing.bookings.set(view.bookingId, { ...view, status: 'CONFIRMED', version: 3 });
      const { status, data } = await buyer.http.post(`/bookings/${view.bookingId}/cancel`);
      expect(data).to.include({ status: 409, code: 'cancellation_closed', cancellableUntil });
      expect(status).to.equal(409);
      expect((await buyer.http.get(`/bookings/${view.bookingId}`)).data.status).to.equal('CONFIRMED');
    });

    it('of a booking that is being started: 409, and the booking stays', async () => {
      app.ticketing.onCancel = () => problem(404, 'booking_not_found');
      const bookingId = await requested(buyer);
      const { status, data } = await buyer.http.post(`/bookings/${bookingId}/cancel`);
      expect([status, data.code]).to.deep.equal([409, 'booking_not_begun']);
      expect((await buyer.http.get(`/bookings/${bookingId}`)).data.status).to.equal('REQUESTED');
    });

    for (const fault of ['cut', 'silence', problem(503, 'database_unavailable')] as const) {
      it(`is unknown, not done, when ticket-app does not tell (${JSON.stringify(fault).slice(0, 14)}…): 503`, async () => {
        const view = await booked(buyer);
        app.ticketing.onCancel = () => fault;
        const { status, data, headers } = await buyer.http.post(`/bookings/${view.bookingId}/cancel`);
        expect([status, data.code, headers['retry-after']]).to.deep.equal([503, 'ticketing_unavailable', '1']);
        expect((await buyer.http.get(`/bookings/${view.bookingId}`)).data.status).to.equal('AWAITING_PAYMENT');
      });
    }
  });
});
