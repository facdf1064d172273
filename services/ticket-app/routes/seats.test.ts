import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { someEvent } from '../../../test/factories/events.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { useTicketApp } from '../../../test/ticket-app.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';

describe('the seats of ticket-app', () => {
  const app = useTicketApp();
  let eventId: string;
  const path = (rest = '') => `/events/${eventId}/seats${rest}`;
  const add = (seats: unknown[], headers: Record<string, string> = {}) =>
    app().call('POST', path(), { body: { seats }, headers });
  const hold = async (seatId: string) => {
    const claim = {
      eventId,
      seatId,
      bookingId: newId(),
      customerId: newId(),
      claimBefore: new Date(Date.now() + 60_000),
    };
    expect((await createSeatLedger(app().connection).claim(claim)).outcome).to.equal('claimed');
    return claim;
  };

  beforeEach(async () => {
    eventId = newId();
    await app().call('POST', '/events', { body: someEvent({ eventId }) });
    await app().call('POST', `/events/${eventId}/publish`);
    expect((await add(someSeats(5))).status).to.equal(201);
  });

  it('shows buyers a seat without its holder', async () => {
    await hold('A-1-2');
    const { body } = await app().call('GET', path('/A-1-2'), { as: 'service' });
    expect(body).to.deep.equal({
      seatId: 'A-1-2',
      section: 'A',
      row: '1',
      number: '2',
      category: 'Gold',
      price: { amount: 750_000, currency: 'IDR' },
      status: 'ON_GOING',
      closed: false,
    });
    expect((await app().call('GET', path('/Z-1-1'), { as: 'service' })).body.code).to.equal('seat_not_found');
    expect((await app().call('GET', `/events/${newId()}/seats/A-1-1`)).body.code).to.equal('event_not_found');
  });

  it('filters by status, section and category, and pages', async () => {
    await hold('A-1-2');
    await add([{ ...someSeats(1)[0], seatId: 'B-1-1', section: 'B', category: 'Silver' }]);
    const ids = async (query: string) => {
      const { body } = await app().call('GET', path(`?${query}`), { as: 'service' });
      return body.seats.map(({ seatId }: { seatId: string }) => seatId);
    };
    expect(await ids('status=ON_GOING')).to.deep.equal(['A-1-2']);
    expect(await ids('section=B')).to.deep.equal(['B-1-1']);
    expect(await ids('category=Gold&status=OPEN')).to.deep.equal(['A-1-1', 'A-1-3', 'A-1-4', 'A-1-5']);
    const first = await app().call('GET', path('?limit=4'));
    expect(first.body.nextCursor).to.equal('A-1-4');
    const rest = await app().call('GET', path('?limit=4&cursor=A-1-4'));
    expect(rest.body.seats).to.have.length(2);
    expect(rest.body).to.not.have.property('nextCursor');
    for (const query of ['status=SOLD', 'limit=0', 'limit=9999', 'colour=red']) {
      expect((await app().call('GET', path(`?${query}`))).status, query).to.equal(400);
    }
  });

  it('adds a list of seats, all or none', async () => {
    const fresh = { ...someSeats(1)[0], seatId: 'B-1-1' };
    const exists = await add([fresh, { ...fresh, seatId: 'A-1-3' }]);
    expect(exists.body).to.include({ status: 409, code: 'seat_exists', field: 'body.seats[1].seatId' });
    const repeated = await add([fresh, fresh]);
    expect(repeated.body).to.include({ status: 400, code: 'invalid_request', field: 'body.seats[1].seatId' });
    expect((await app().call('GET', path('/B-1-1'))).status).to.equal(404);
    expect((await add([fresh])).body).to.include({ seats: 1 });
  });

  it('answers a repeated Idempotency-Key with the import that took effect', async () => {
    const fresh = { ...someSeats(1)[0], seatId: 'B-1-1' };
    const headers = { 'Idempotency-Key': newId() };
    const first = await add([fresh], headers);
    const second = await add([fresh], headers);
    expect(second.status).to.equal(201);
    expect(second.body).to.deep.equal(first.body);
  });

  it('names the field of a bad seat', async () => {
    const [seat] = someSeats(1);
    const bad: Array<[unknown, string]> = [
      [{ ...seat, seatId: 'A 1' }, 'body.seats[0].seatId'],
      [{ ...seat, row: '' }, 'body.seats[0].row'],
      [{ ...seat, row: { $gt: '' } }, 'body.seats[0].row'],
      [{ ...seat, price: { amount: -1, currency: 'IDR' } }, 'body.seats[0].price.amount'],
      [{ ...seat, price: { amount: 1, currency: 'USD' } }, 'body.seats[0].price.currency'],
      [{ ...seat, status: 'BOOKED' }, 'body.seats[0].status'],
    ];
    for (const [one, field] of bad) expect((await add([one])).body).to.include({ status: 400, field });
    expect((await add([])).status).to.equal(400);
    const short = someSeats(501).map((one) => ({ ...one, category: 'G' }));
    expect((await add(short)).body)
      .to.include({ status: 400, field: 'body.seats' })
      .and.property('detail')
      .to.match(/CSV/);
    expect((await app().call('POST', path(), { body: { seats: someSeats(5_000) } })).body.code).to.equal(
      'body_too_large',
    );
  });

  it('edits and deletes what nobody has, and refuses the rest', async () => {
    const claim = await hold('A-1-2');
    const edit = (seatId: string) =>
      app().call('PATCH', path(`/${seatId}`), { body: { price: { amount: 5, currency: 'IDR' }, category: 'Last' } });
    expect((await edit('A-1-1')).body).to.deep.include({ category: 'Last', price: { amount: 5, currency: 'IDR' } });
    expect((await edit('A-1-2')).body).to.include({ status: 409, code: 'seat_busy' });
    expect((await edit('Z-1-1')).body.code).to.equal('seat_not_found');
    expect((await app().call('DELETE', path('/A-1-2'))).body.code).to.equal('seat_busy');
    await createSeatLedger(app().connection).confirm(claim);
    expect((await app().call('DELETE', path('/A-1-2'))).body.code).to.equal('seat_busy');
    expect((await app().call('DELETE', path('/A-1-1'))).status).to.equal(204);
    expect((await app().call('DELETE', path('/A-1-1'))).body.code).to.equal('seat_not_found');
    const bad = await app().call('PATCH', path('/A-1-3'), { body: { status: 'BOOKED' } });
    expect(bad.body).to.include({ code: 'unknown_field', field: 'body.status' });
  });

  it('closes and reopens a seat, told with its reason to admins only', async () => {
    const close = (reason: string) => app().call('POST', path('/A-1-1/close'), { body: { reason } });
    expect((await close('broken')).body).to.include({ closed: true, closedReason: 'broken', status: 'OPEN' });
    expect((await close('painted')).body).to.include({ closedReason: 'broken' });
    const shown = await app().call('GET', path('/A-1-1'), { as: 'service' });
    expect(shown.body).to.include({ closed: true }).and.not.have.property('closedReason');
    expect((await app().call('POST', path('/A-1-1/reopen'))).body.closed).to.equal(false);
    expect((await app().call('POST', path('/A-1-1/reopen'))).status).to.equal(200);
    for (const reason of ['', 'event_cancelled', 'event_removed']) expect((await close(reason)).status).to.equal(400);
    expect((await app().call('POST', path('/Z-1-1/close'), { body: { reason: 'x' } })).status).to.equal(404);
  });

  it('adds no seats to an event that is over', async () => {
    await app().call('POST', `/events/${eventId}/end`);
    const answer = await add([{ ...someSeats(1)[0], seatId: 'B-1-1' }]);
    expect(answer.body.code).to.equal('event_over');
  });
});
