import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { someEvent } from '../../../test/factories/events.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { type CallOptions, useTicketApp } from '../../../test/ticket-app.ts';
import { createBookingLedger } from '../models/booking-ledger.ts';
import { createCustomers } from '../models/customers.ts';

type As = NonNullable<CallOptions['as']>;

describe('organizers and their events in ticket-app', () => {
  const app = useTicketApp();
  const call = async (as: As, method: string, path: string, body?: unknown) => {
    const answer = await app().call(method, path, { as, ...(body !== undefined && { body }) });
    return { status: answer.status, code: answer.body?.code, body: answer.body };
  };
  /** An event of the organizer `a-organizer`. */
  async function anEvent({ published }: { published: boolean }): Promise<string> {
    const { status, body } = await call('organizer', 'POST', '/events', someEvent());
    expect(status).to.equal(201);
    if (published) expect((await call('organizer', 'POST', `/events/${body.eventId}/publish`)).status).to.equal(200);
    return body.eventId;
  }

  describe('whose an event is', () => {
    it("is the organizer's who creates it, or says the admin who does", async () => {
      const own = await call('organizer', 'POST', '/events', someEvent());
      expect(own.body.ownerId).to.equal('a-organizer');
      const given = await call('admin', 'POST', '/events', someEvent({ ownerId: 'a-rival' }));
      expect(given.body.ownerId).to.equal('a-rival');
      expect((await call('admin', 'POST', '/events', someEvent())).body).to.not.have.property('ownerId');
    });

    it('is not for organizers to say otherwise', async () => {
      const other = await call('organizer', 'POST', '/events', someEvent({ ownerId: 'a-rival' }));
      expect([other.status, other.body.field]).to.deep.equal([403, 'body.ownerId']);
      const eventId = await anEvent({ published: false });
      for (const ownerId of ['a-rival', 'a-organizer', null]) {
        const changed = await call('organizer', 'PATCH', `/events/${eventId}`, { ownerId });
        expect([changed.status, changed.body.field]).to.deep.equal([403, 'body.ownerId']);
      }
    });

    it('lets no organizer say how long holds and offers are: that is for admins', async () => {
      const eventId = await anEvent({ published: false });
      for (const field of ['holdSeconds', 'offerSeconds']) {
        expect((await call('organizer', 'POST', '/events', someEvent({ [field]: 60 }))).status).to.equal(403);
        expect((await call('organizer', 'PATCH', `/events/${eventId}`, { [field]: 60 })).status).to.equal(403);
        expect((await call('admin', 'PATCH', `/events/${eventId}`, { [field]: 60 })).status).to.equal(200);
      }
    });

    it('is for admins to change: from then on the other one keeps it', async () => {
      const eventId = await anEvent({ published: false });
      const moved = await call('admin', 'PATCH', `/events/${eventId}`, { ownerId: 'a-rival' });
      expect(moved.body.ownerId).to.equal('a-rival');
      expect((await call('organizer', 'PATCH', `/events/${eventId}`, { title: 'Mine' })).status).to.equal(404);
      expect((await call('rival', 'PATCH', `/events/${eventId}`, { title: 'Mine' })).status).to.equal(200);
      const nobodys = await call('admin', 'PATCH', `/events/${eventId}`, { ownerId: null });
      expect(nobodys.body).to.not.have.property('ownerId');
      expect((await call('rival', 'PATCH', `/events/${eventId}`, { title: 'Mine' })).status).to.equal(404);
    });
  });

  /** Everything that is done to an event by those who keep it. */
  const changes = (eventId: string): Array<[string, string, unknown?]> => [
    ['PATCH', `/events/${eventId}`, { title: 'Taken over' }],
    ['POST', `/events/${eventId}/publish`],
    ['POST', `/events/${eventId}/end`],
    ['POST', `/events/${eventId}/cancel`, {}],
    ['DELETE', `/events/${eventId}`],
    ['POST', `/events/${eventId}/seats`, { seats: someSeats(1) }],
    ['PATCH', `/events/${eventId}/seats/A-1-1`, { category: 'Mine' }],
    ['DELETE', `/events/${eventId}/seats/A-1-1`],
    ['POST', `/events/${eventId}/seats/A-1-1/close`, { reason: 'mine' }],
    ['POST', `/events/${eventId}/seats/A-1-1/reopen`],
    ['GET', `/events/${eventId}/bookings`],
  ];

  it("does not show another's draft, and lets nobody but its organizer and admins touch it", async () => {
    const eventId = await anEvent({ published: false });
    for (const [method, path, body] of [...changes(eventId), ['GET', `/events/${eventId}`] as const]) {
      const answer = await call('rival', method, path, body);
      expect([answer.status, answer.code], `${method} ${path}`).to.deep.equal([404, 'event_not_found']);
    }
    const kept = await call('organizer', 'GET', `/events/${eventId}`);
    expect(kept.body).to.include({ title: 'Orkes Kebun', status: 'draft', version: 1 });
  });

  it("refuses to change another's published event, or to show its buyers", async () => {
    const eventId = await anEvent({ published: true });
    expect((await app().csv(eventId, 'seat_id\n', app().headers({ as: 'rival' }))).body.code).to.equal(
      'not_your_event',
    );
    for (const [method, path, body] of changes(eventId)) {
      const answer = await call('rival', method, path, body);
      expect([answer.status, answer.code], `${method} ${path}`).to.deep.equal([403, 'not_your_event']);
    }
    expect((await call('rival', 'GET', `/events/${eventId}`)).body).to.include({ status: 'published', version: 2 });
  });

  it('lets an organizer do all of it to an own event', async () => {
    const eventId = await anEvent({ published: false });
    const seats = await call('organizer', 'POST', `/events/${eventId}/seats`, { seats: someSeats(3) });
    expect(seats.body.seats).to.equal(3);
    const edited = await call('organizer', 'PATCH', `/events/${eventId}/seats/A-1-1`, { category: 'VIP' });
    expect(edited.body.category).to.equal('VIP');
    const closed = await call('organizer', 'POST', `/events/${eventId}/seats/A-1-1/close`, { reason: 'pillar' });
    expect(closed.body).to.include({ closed: true, closedReason: 'pillar' });
    expect((await call('organizer', 'POST', `/events/${eventId}/publish`)).status).to.equal(200);
    const cancelled = await call('organizer', 'POST', `/events/${eventId}/cancel`, { reason: 'Rain' });
    expect(cancelled.body.cancellation.reason).to.equal('Rain');
    expect((await call('rival', 'GET', `/events/${eventId}`)).body).to.not.have.property('cancellation');
    expect((await call('organizer', 'DELETE', `/events/${eventId}`)).status).to.equal(204);
  });

  it('shows why a seat is closed to its organizer, and not to another', async () => {
    const eventId = await anEvent({ published: true });
    await call('organizer', 'POST', `/events/${eventId}/seats`, { seats: someSeats(1) });
    await call('organizer', 'POST', `/events/${eventId}/seats/A-1-1/close`, { reason: 'pillar' });
    for (const path of [`/events/${eventId}/seats/A-1-1`, `/events/${eventId}/seats?view=list`]) {
      expect(JSON.stringify((await call('organizer', 'GET', path)).body), path).to.include('pillar');
      expect(JSON.stringify((await call('rival', 'GET', path)).body), path).to.not.include('pillar');
    }
  });

  it('lists to an organizer what everybody sees, and an own draft when asked for it', async () => {
    const [draft, published] = [await anEvent({ published: false }), await anEvent({ published: true })];
    const ids = async (as: As, query: string) =>
      (await call(as, 'GET', `/events?limit=100&${query}`)).body.events.map(
        (event: { eventId: string }) => event.eventId,
      );
    expect(await ids('organizer', ''))
      .to.include(published)
      .and.not.include(draft);
    expect(await ids('organizer', 'ownerId=a-organizer')).to.include.members([draft, published]);
    expect(await ids('organizer', 'status=draft')).to.include(draft);
    expect(await ids('rival', 'ownerId=a-organizer'))
      .to.include(published)
      .and.not.include(draft);
    expect(await ids('rival', 'status=draft')).to.not.include(draft);
    expect(await ids('rival', 'status=draft&ownerId=a-organizer')).to.deep.equal([]);
    expect(await ids('service', 'ownerId=a-organizer&status=draft')).to.deep.equal([]);
    expect(await ids('admin', 'ownerId=a-organizer&status=draft')).to.include(draft);
  });

  describe('and their buyers', () => {
    let eventId: string;
    const bookingOf = async (ofEvent: string, customerId: string): Promise<string> => {
      const bookingId = newId();
      await createBookingLedger(app().connection).begin({
        _id: bookingId,
        runId: 'run-1',
        customerId,
        eventId: ofEvent,
        seatIds: ['A-1-1'],
        claimBefore: new Date(),
      });
      return bookingId;
    };
    let bookings: string[];

    before(async () => {
      eventId = await anEvent({ published: true });
      await createCustomers(app().connection).remember('sari', 'Sari Dewi');
      bookings = [await bookingOf(eventId, 'sari'), await bookingOf(eventId, 'budi'), await bookingOf(eventId, 'sari')];
      await bookingOf(await anEvent({ published: true }), 'sari');
      await createBookingLedger(app().connection).end(bookings[1] ?? '', 'FAILED', 'seat_taken', 'Taken.');
    });

    it('are those of their own event only, by name, newest first, page by page', async () => {
      const first = await call('organizer', 'GET', `/events/${eventId}/bookings?limit=2`);
      const next = `limit=2&cursor=${first.body.nextCursor}`;
      const second = await call('organizer', 'GET', `/events/${eventId}/bookings?${next}`);
      const all = [...first.body.bookings, ...second.body.bookings];
      expect(all.map(({ bookingId }) => bookingId)).to.deep.equal(bookings.toReversed());
      expect(all.map(({ buyer }) => buyer)).to.deep.equal([
        { customerId: 'sari', name: 'Sari Dewi' },
        { customerId: 'budi' },
        { customerId: 'sari', name: 'Sari Dewi' },
      ]);
      expect(second.body).to.not.have.property('nextCursor');
      const elsewhere = await call(
        'organizer',
        'GET',
        `/events/${await anEvent({ published: true })}/bookings?${next}`,
      );
      expect([elsewhere.status, elsewhere.code]).to.deep.equal([400, 'invalid_cursor']);
    });

    it('are filtered by status and shown oldest first where asked for', async () => {
      const failed = await call('organizer', 'GET', `/events/${eventId}/bookings?status=FAILED`);
      expect(failed.body.bookings).to.have.length(1);
      expect(failed.body.bookings[0]).to.include({ bookingId: bookings[1], status: 'FAILED', reason: 'seat_taken' });
      const oldest = await call('organizer', 'GET', `/events/${eventId}/bookings?sort=oldest&limit=1`);
      expect(oldest.body.bookings[0].bookingId).to.equal(bookings[0]);
    });

    it('are for admins too, and not for services', async () => {
      expect((await call('admin', 'GET', `/events/${eventId}/bookings`)).body.bookings).to.have.length(3);
      expect((await call('service', 'GET', `/events/${eventId}/bookings`)).status).to.equal(403);
    });
  });
});
