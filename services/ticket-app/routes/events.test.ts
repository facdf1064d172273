import { expect } from 'chai';
import { describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { someEvent } from '../../../test/factories/events.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { useTicketApp } from '../../../test/ticket-app.ts';
import { eventModel } from '../models/event.ts';

describe('the events of ticket-app', () => {
  const app = useTicketApp();
  const create = async (changes: Record<string, unknown> = {}): Promise<string> => {
    const { status, body } = await app().call('POST', '/events', { body: someEvent(changes) });
    expect(status, JSON.stringify(body)).to.equal(201);
    return body.eventId;
  };
  const post = (eventId: string, verb: string) => app().call('POST', `/events/${eventId}/${verb}`);
  const patch = (eventId: string, body: unknown) => app().call('PATCH', `/events/${eventId}`, { body });

  it('creates a draft, shows it to admins only, and publishes it', async () => {
    const eventId = await create({ holdSeconds: 90 });
    const path = `/events/${eventId}`;
    expect((await app().call('GET', path)).body).to.include({ status: 'draft', onSale: false, version: 1 });
    expect((await app().call('GET', path, { as: 'service' })).status).to.equal(404);
    expect((await app().call('GET', `${path}/seats`, { as: 'service' })).status).to.equal(404);
    expect((await post(eventId, 'publish')).body).to.include({ status: 'published', onSale: true, version: 2 });
    const shown = await app().call('GET', path, { as: 'service' });
    expect(shown.body).to.deep.include({ eventId, holdSeconds: 90, seats: { total: 0, open: 0 } });
  });

  it('takes the id that is given, and the same call twice for once', async () => {
    const eventId = newId();
    const body = someEvent({ eventId });
    const answers = await Promise.all(Array.from({ length: 5 }, () => app().call('POST', '/events', { body })));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 200, 200, 200, 201]);
    const other = await app().call('POST', '/events', { body: { ...body, title: 'Another' } });
    expect(other.body).to.include({ status: 409, code: 'event_exists' });
  });

  it('makes one event of five equal requests at once with one Idempotency-Key, and none of another body', async () => {
    const call = { body: someEvent(), headers: { 'Idempotency-Key': newId() } };
    const answers = await Promise.all(Array.from({ length: 5 }, () => app().call('POST', '/events', call)));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.eventId)).size).to.equal(1);
    const other = await app().call('POST', '/events', { ...call, body: someEvent({ title: 'Another' }) });
    expect(other.body).to.include({
      status: 422,
      code: 'idempotency_key_reused',
      field: 'header.Idempotency-Key',
    });
  });

  it('has an event of the organizer’s sold by one event at a time, whoever names it first', async () => {
    const organizerEventRef = newId();
    const bodies = Array.from({ length: 5 }, () => someEvent({ organizerEventRef, eventId: newId() }));
    const answers = await Promise.all(bodies.map((body) => app().call('POST', '/events', { body })));
    const refused = answers.filter(({ status }) => status === 409);
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, 409, 409, 409, 409]);
    for (const { body } of refused) {
      expect(body).to.include({ code: 'event_ref_taken', field: 'body.organizerEventRef' });
    }
    const first = String(answers.find(({ status }) => status === 201)?.body.eventId);
    // The same name in the other organizer's system is another event.
    const other = await create({ organizerEventRef, organizer: 'y' });
    expect((await patch(other, { organizer: 'x' })).body).to.include({ status: 409, code: 'event_ref_taken' });
    // What has ended has sold seats; what is removed sells nothing any more.
    const next = await create({ organizer: 'x' });
    await post(next, 'publish');
    await post(next, 'end');
    const { organizerEventRef: sold } = (await app().call('GET', `/events/${next}`)).body;
    expect((await patch(other, { organizer: 'x', organizerEventRef: sold })).status).to.equal(409);
    expect((await app().call('DELETE', `/events/${first}`)).status).to.equal(204);
    expect((await patch(other, { organizer: 'x' })).status).to.equal(200);
  });

  it('names the field of a bad event', async () => {
    const bad: Array<[Record<string, unknown>, string]> = [
      [{ title: '' }, 'body.title'],
      [{ title: { $ne: null } }, 'body.title'],
      [{ city: '\u0000' }, 'body.city'],
      [{ eventId: '../x' }, 'body.eventId'],
      [{ organizer: 'z' }, 'body.organizer'],
      [{ startsAt: 'tomorrow' }, 'body.startsAt'],
      [{ startsAt: '2026-12-31T23:59:60Z' }, 'body.startsAt'],
      [{ endsAt: '2020-01-01T00:00:00Z' }, 'body.endsAt'],
      [{ salesEndAt: '2020-01-01T00:00:00Z' }, 'body.salesEndAt'],
      [{ salesEndAt: '2090-01-01T00:00:00Z' }, 'body.salesEndAt'],
      [{ doorsAt: '2090-01-01T00:00:00Z' }, 'body.doorsAt'],
      [{ cancellableUntil: '2090-01-01T00:00:00Z' }, 'body.cancellableUntil'],
      [{ holdSeconds: 0 }, 'body.holdSeconds'],
      [{ offerSeconds: 86_401 }, 'body.offerSeconds'],
      [{ status: 'published' }, 'body.status'],
    ];
    for (const [changes, field] of bad) {
      const { status, body } = await app().call('POST', '/events', { body: someEvent(changes) });
      expect([status, body.field], JSON.stringify(changes)).to.deep.equal([400, field]);
    }
    expect(
      (
        await app().call('POST', '/events', {
          body: 'x'.repeat(70_000),
          headers: { 'Content-Type': 'application/json' },
        })
      ).status,
    ).to.equal(413);
  });

  it('changes what is named, and not the organizer of a published event', async () => {
    const eventId = await create({ doorsAt: someEvent().startsAt, holdSeconds: 5 });
    expect((await patch(eventId, { organizer: 'y', city: 'Bandung' })).body).to.include({ organizer: 'y', version: 2 });
    await post(eventId, 'publish');
    const { body } = await patch(eventId, { organizerEventRef: 'OTHER' });
    expect(body).to.include({ status: 400, field: 'body.organizerEventRef' });
    const startsAt = new Date(Date.now() + 29.5 * 24 * 3_600_000).toISOString();
    const moved = await patch(eventId, { startsAt, organizer: 'y', doorsAt: null, holdSeconds: null });
    expect(moved.body).to.include({ startsAt, city: 'Bandung' }).and.not.have.any.keys('doorsAt', 'holdSeconds');
    expect((await patch(eventId, { colour: 'red' })).body).to.include({ code: 'unknown_field', field: 'body.colour' });
    expect((await patch(eventId, {})).status).to.equal(400);
    expect((await patch(eventId, { endsAt: '2020-01-01T00:00:00Z' })).body.field).to.equal('body.endsAt');
    expect((await patch(newId(), { title: 'x' })).body.code).to.equal('event_not_found');
  });

  it('may be cancelled by buyers until it starts, unless it names another instant', async () => {
    const startsAt = String(someEvent().startsAt);
    const eventId = await create({ startsAt, offerSeconds: 30 });
    expect((await app().call('GET', `/events/${eventId}`)).body).to.include({
      cancellableUntil: startsAt,
      offerSeconds: 30,
    });
    const cancellableUntil = new Date(Date.now() + 3_600_000).toISOString();
    expect((await patch(eventId, { cancellableUntil, offerSeconds: null })).body)
      .to.include({ cancellableUntil })
      .and.not.have.any.keys('offerSeconds');
    expect((await patch(eventId, { cancellableUntil: null })).body).to.include({ cancellableUntil: startsAt });
  });

  it('loses none of two changes at once', async () => {
    const eventId = await create();
    await Promise.all([patch(eventId, { title: 'New title' }), patch(eventId, { venue: 'New venue' })]);
    const { body } = await app().call('GET', `/events/${eventId}`);
    expect(body).to.include({ title: 'New title', venue: 'New venue', version: 3 });
  });

  it('goes through its life and not back', async () => {
    const eventId = await create();
    expect((await post(eventId, 'end')).body.code).to.equal('wrong_status');
    expect((await post(eventId, 'publish')).status).to.equal(200);
    expect((await post(eventId, 'publish')).status).to.equal(200);
    expect((await post(eventId, 'end')).body).to.include({ status: 'ended', onSale: false });
    for (const verb of ['publish', 'cancel']) expect((await post(eventId, verb)).status).to.equal(409);
    expect((await patch(eventId, { title: 'Too late' })).body.code).to.equal('wrong_status');
    expect((await post(newId(), 'publish')).status).to.equal(404);
  });

  it('is on sale within its window only', async () => {
    const day = 24 * 3_600_000;
    const later = await create({ salesStartAt: new Date(Date.now() + day).toISOString() });
    expect((await post(later, 'publish')).body.onSale).to.equal(false);
    await patch(later, { salesStartAt: new Date(Date.now() - day).toISOString() });
    expect((await app().call('GET', `/events/${later}`)).body.onSale).to.equal(true);
  });

  it('counts seats that are open', async () => {
    const eventId = await create();
    await app().call('POST', `/events/${eventId}/seats`, { body: { seats: someSeats(5) } });
    await app().call('POST', `/events/${eventId}/seats/A-1-2/close`, { body: { reason: 'broken' } });
    expect((await app().call('GET', `/events/${eventId}`)).body.seats).to.deep.equal({ total: 5, open: 4 });
  });

  it('ends the events that are over', async () => {
    const eventId = await create();
    await post(eventId, 'publish');
    const past = new Date(Date.now() - 3_600_000);
    await eventModel(app().connection).updateOne({ _id: eventId }, { $set: { startsAt: past, endsAt: past } });
    await app().sweep();
    expect((await app().call('GET', `/events/${eventId}`)).body.status).to.equal('ended');
  });
});
