import { expect } from 'chai';
import { after, before, beforeEach, describe, it } from 'mocha';
import type { WaitlistEntryView } from '../../../lib/contracts/waitlist.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, type Person, startClientApp } from '../../../test/client-app.ts';
import { bookingView, entryView, problem } from '../../../test/ticketing-stand-in.ts';

describe('POST /waitlist-entries/:entryId/leave', () => {
  let app: ClientAppUnderTest;
  let buyer: Person;

  before(async () => {
    app = await startClientApp('waitlist-leaving', { patienceMs: 2_000 });
  });
  after(() => app.close());
  beforeEach(async () => {
    buyer = await app.person();
    app.ticketing.requests.length = 0;
  });

  /** A place that client-app was told of, and that ticket-app still tells. */
  async function placed(): Promise<WaitlistEntryView> {
    const view = entryView({ entryId: newId(), customerId: buyer.userId, eventId: 'konser', seatId: 'A-1' });
    await app.dependencies.waitlist.apply(view);
    app.ticketing.entries.set(view.entryId, view);
    return view;
  }
  const tell = (view: WaitlistEntryView, told: Partial<WaitlistEntryView>) =>
    app.ticketing.entries.set(view.entryId, { ...view, ...told });
  const path = ({ entryId }: WaitlistEntryView) => `/waitlist-entries/${entryId}`;
  const requested = async (joinBefore = new Date(Date.now() + 60_000)) => {
    const entryId = newId();
    const wanted = { entryId, customerId: buyer.userId, eventId: 'konser', seatId: 'A-1', joinBefore };
    await app.dependencies.waitlist.request(wanted);
    return entryId;
  };
  const leave = (entry: WaitlistEntryView) => buyer.http.post(`${path(entry)}/leave`);

  it('answers with the entry as it then is; a repeat does, too, without a call', async () => {
    const entry = await placed();
    const { position: _, ...left } = { ...entry, version: 2, status: 'LEFT' };
    app.ticketing.onLeave = () => ({ status: 200, body: left });
    const { status, data } = await leave(entry);
    expect([status, data.status, data.statusText]).to.deep.equal([200, 'LEFT', 'You left the queue.']);
    expect((await leave(entry)).data).to.deep.equal(data);
    expect(app.ticketing.requests).to.deep.equal([`POST ${path(entry)}/leave`]);
  });

  it('is refused while the seat is offered, says how to decline, and knows the booking by then', async () => {
    const entry = await placed();
    const bookingId = `${entry.entryId}-1`;
    tell(entry, { status: 'OFFERED', version: 2, bookingId });
    const booking = bookingView({ bookingId, customerId: buyer.userId, eventId: 'konser', seatIds: ['A-1'] });
    app.ticketing.bookings.set(bookingId, booking);
    app.ticketing.onLeave = () => problem(409, 'offered', { bookingId });
    const { status, data } = await leave(entry);
    expect([status, data.code]).to.deep.equal([409, 'offered']);
    expect(data).to.include({ entryId: entry.entryId, bookingId, cancelUrl: `/bookings/${bookingId}/cancel` });

    app.ticketing.onCancel = () => ({
      status: 200,
      body: {
        ...booking,
        version: 3,
        status: 'CANCELLED',
        reason: 'cancelled_by_customer',
        waitlistEntryId: entry.entryId,
      },
    });
    const declined = await buyer.http.post(data.cancelUrl);
    expect(declined.status).to.equal(200);
    expect(declined.data.reasonText).to.match(/^You declined the seat/);
  });

  for (const reaction of [
    'cut',
    'silence',
    problem(503, 'waitlist_outcome_unknown'),
    problem(409, 'something_new'),
  ] as const) {
    it(`is 503 while nobody knows (${JSON.stringify(reaction).slice(0, 24)}), and changes nothing`, async () => {
      const entry = await placed();
      app.ticketing.onLeave = () => reaction;
      const startedAt = Date.now();
      const { status, data } = await leave(entry);
      expect(Date.now() - startedAt).to.be.lessThan(4_000);
      expect([status, data.code]).to.deep.equal([503, 'ticketing_unavailable']);
      expect(await app.dependencies.waitlist.find(entry.entryId)).to.include({ status: 'WAITING', version: 1 });
    });
  }

  it('waits for a join that is under way, and ends one that never began', async () => {
    app.ticketing.onLeave = () => problem(404, 'waitlist_entry_not_found');
    const underWay = await buyer.http.post(`/waitlist-entries/${await requested()}/leave`);
    expect([underWay.status, underWay.data.code]).to.deep.equal([409, 'waitlist_entry_not_begun']);
    expect(underWay.headers['retry-after']).to.equal('2');
    const over = await requested(new Date(Date.now() - 60_000));
    const never = await buyer.http.post(`/waitlist-entries/${over}/leave`);
    expect([never.status, never.data.status]).to.deep.equal([200, 'NOT_JOINED']);
  });
});
