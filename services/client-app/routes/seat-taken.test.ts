import { expect } from 'chai';
import { after, before, beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, type Person, startClientApp } from '../../../test/client-app.ts';
import { bookingView, problem } from '../../../test/ticketing-stand-in.ts';

describe('a seat that is taken', () => {
  let app: ClientAppUnderTest;
  let buyer: Person;

  before(async () => {
    app = await startClientApp('seat-taken', { patienceMs: 2_000 });
  });
  after(() => app.close());
  beforeEach(async () => {
    buyer = await app.person();
  });

  const book = (person: Person, key = newId()) =>
    person.http.post(
      '/bookings',
      { eventId: 'konser', seatIds: ['A-1', 'A-2'] },
      { headers: { 'Idempotency-Key': key } },
    );

  it('says that one can queue for it, and how; a repeat says the same', async () => {
    const key = newId();
    app.ticketing.onBook = () => problem(409, 'seat_taken', { seatIds: ['A-2'], canQueue: true });
    const { data, headers, status } = await book(buyer, key);
    expect([status, data.code, data.canQueue]).to.deep.equal([409, 'seat_taken', true]);
    expect(headers.link).to.equal('</waitlist-entries>; rel="urn:kursi:rel:waitlist"');
    expect((await book(buyer, key)).data).to.deep.equal(data);
    const { method, url, bodies } = data.waitlist;
    const queued = await buyer.http.request({
      method,
      url,
      data: bodies[0],
      headers: { 'Idempotency-Key': newId() },
    });
    expect([queued.status, queued.data.seatId]).to.deep.equal([201, 'A-2']);
  });

  it('says it too where the booking had begun', async () => {
    app.ticketing.onBook = (call) => {
      const booking = bookingView(call, {
        status: 'FAILED',
        reason: 'seat_taken',
        version: 3,
        refusedSeatIds: ['A-1'],
      });
      return problem(409, 'seat_taken', { booking, canQueue: true });
    };
    expect((await book(buyer)).data.waitlist.bodies).to.deep.equal([{ eventId: 'konser', seatId: 'A-1' }]);
  });

  it('says so where one cannot', async () => {
    app.ticketing.onBook = () => problem(409, 'seat_taken', { seatIds: ['A-2'], canQueue: false });
    const { data, headers } = await book(buyer);
    expect(data.canQueue).to.equal(false);
    expect(data).not.to.have.property('waitlist');
    expect(headers).not.to.have.property('link');
  });
});
