import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import type { BookingView } from '../../../lib/contracts/booking.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, type Person, startClientApp } from '../../../test/client-app.ts';
import { bookingView, problem } from '../../../test/ticketing-stand-in.ts';

describe('cancelling a booking', () => {
  let app: ClientAppUnderTest;
  let buyer: Person;
  let admin: Person;

  before(async () => {
    app = await startClientApp('cancelling', { patienceMs: 2_000 });
    [buyer, admin] = [await app.person(), await app.person('admin')];
  });
  after(() => app.close());

  const seats = { eventId: 'konser', seatIds: ['A-1'] };
  async function booked({ userId: customerId }: Person): Promise<BookingView> {
    const view = bookingView({ bookingId: newId(), customerId, ...seats });
    await app.dependencies.bookings.apply(view);
    return view;
  }

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
    const bookingId = newId();
    const startBefore = new Date(Date.now() + 60_000);
    await app.dependencies.bookings.request({ bookingId, customerId: buyer.userId, ...seats, startBefore });
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
