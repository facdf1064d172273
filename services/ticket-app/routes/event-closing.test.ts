import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { someEvent } from '../../../test/factories/events.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { useTicketApp } from '../../../test/ticket-app.ts';
import { eventCancellationWorkflowId } from '../../../workflows/event-cancellation/event-cancellation.messages.ts';
import { eventModel } from '../models/event.ts';
import { seatModel } from '../models/seat.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';

describe('cancelling and removing an event of ticket-app', () => {
  const app = useTicketApp();
  let eventId: string;
  const claimOf = (seatId: string) => ({
    eventId,
    seatId,
    bookingId: newId(),
    customerId: newId(),
    claimBefore: new Date(Date.now() + 60_000),
  });
  const ledger = () => createSeatLedger(app().connection);
  const remove = () => app().call('DELETE', `/events/${eventId}`);
  const cancel = (body?: unknown) =>
    app().call('POST', `/events/${eventId}/cancel`, body === undefined ? {} : { body });
  const status = async () => (await app().call('GET', `/events/${eventId}`)).body.status;

  beforeEach(async () => {
    eventId = newId();
    await app().call('POST', '/events', { body: someEvent({ eventId }) });
    await app().call('POST', `/events/${eventId}/publish`);
    await app().call('POST', `/events/${eventId}/seats`, { body: { seats: someSeats(10) } });
  });

  it('removes an event of which nothing is held or sold, with its seats', async () => {
    expect((await remove()).status).to.equal(204);
    expect((await remove()).status).to.equal(404);
    expect(await seatModel(app().connection).countDocuments({ eventId })).to.equal(0);
  });

  it('is not removed while a seat is held or sold, and sells the others on', async () => {
    const claim = claimOf('A-1-3');
    await ledger().claim(claim);
    await ledger().close({ eventId, seatIds: ['A-1-5'], reason: 'broken' });
    expect((await remove()).body).to.include({ status: 409, code: 'event_has_bookings' });
    await ledger().confirm(claim);
    expect((await remove()).body.code).to.equal('event_has_bookings');
    expect(await status()).to.equal('published');
    expect((await ledger().claim(claimOf('A-1-4'))).outcome).to.equal('claimed');
    expect((await ledger().claim(claimOf('A-1-5'))).outcome).to.equal('closed');
  });

  it('cancels: no seat can be claimed or opened again, and the event can still be removed', async () => {
    expect((await cancel()).body).to.include({ status: 'cancelled', onSale: false });
    expect((await cancel()).status).to.equal(200);
    expect((await ledger().claim(claimOf('A-1-1'))).outcome).to.equal('closed');
    expect((await app().call('POST', `/events/${eventId}/seats/A-1-1/reopen`)).status).to.equal(409);
    expect((await remove()).status).to.equal(204);
  });

  describe('that has bookings, cancelled', () => {
    const workflow = () => app().temporal.workflow.getHandle(eventCancellationWorkflowId(eventId));
    const runId = async () => (await workflow().describe()).runId;
    const event = async () => (await app().call('GET', `/events/${eventId}`)).body;

    beforeEach(async () => {
      await ledger().claim(claimOf('A-1-3'));
    });
    afterEach(async () => {
      await workflow().terminate('a test');
    });

    it('is being cancelled by a workflow of its own: 202, and nobody can book it meanwhile', async () => {
      const answer = await cancel({ reason: 'The hall has no power.' });
      expect(answer.status).to.equal(202);
      expect(answer.body).to.include({ status: 'published', onSale: false });
      expect(answer.body.cancellation).to.deep.include({
        reason: 'The hall has no power.',
        bookings: { left: 1, cancelled: 0 },
        usedTickets: [],
      });
      expect((await ledger().claim(claimOf('A-1-4'))).outcome).to.equal('closed');
      expect((await workflow().describe()).status.name).to.equal('RUNNING');
      expect((await remove()).body.code).to.equal('event_busy');
    });

    it('starts no second workflow however often it is asked, also by several at once', async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => cancel()));
      expect(answers.map(({ status }) => status)).to.eql([202, 202, 202, 202, 202]);
      const run = await runId();
      const { startedAt } = (await event()).cancellation;
      expect((await cancel({ reason: 'Another one.' })).body.cancellation).to.include({ startedAt });
      expect((await event()).cancellation).not.to.have.property('reason');
      expect(await runId()).to.equal(run);
    });

    it('shows to admins only how far that is', async () => {
      await cancel();
      expect((await app().call('GET', `/events/${eventId}`, { as: 'service' })).body).not.to.have.property(
        'cancellation',
      );
    });

    it('gets its workflow back from the sweep, or from a repeat of the call, and is cancelled once nothing is held', async () => {
      await cancel();
      const lost = await runId();
      await workflow().terminate('a test');
      // Too soon: the call that began it may be under way.
      await app().sweep();
      expect(await runId()).to.equal(lost);
      await app().restart();
      await app().sweep(new Date(Date.now() + 60_000));
      const swept = await runId();
      expect(swept).not.to.equal(lost);
      await workflow().terminate('a test');
      expect((await cancel()).status).to.equal(202);
      expect(await runId()).not.to.equal(swept);
      await seatModel(app().connection).updateMany({ eventId }, { $set: { status: 'OPEN', holder: null } });
      const done = await cancel();
      expect([done.status, done.body.status]).to.eql([200, 'cancelled']);
      expect(done.body.cancellation).to.have.property('finishedAt');
    });

    it('waits for the queue of a seat to be ended', async () => {
      const seats = seatModel(app().connection);
      await seats.updateMany({ eventId }, { $set: { status: 'OPEN', holder: null } });
      await seats.updateOne({ eventId, seatId: 'A-1-7' }, { $set: { waitlisted: true } });
      expect((await cancel()).status).to.equal(202);
    });
  });

  it('never removes a seat that a racing booking got, over 30 races', async function () {
    this.timeout(60_000);
    const outcomes = { removed: 0, refused: 0 };
    for (let race = 0; race < 30; race += 1) {
      eventId = newId();
      await app().call('POST', '/events', { body: someEvent({ eventId }) });
      await app().call('POST', `/events/${eventId}/seats`, { body: { seats: someSeats(3) } });
      const claim = claimOf(`A-1-${(race % 3) + 1}`);
      const lateMs = race * 2;
      const claiming = new Promise((resolve) => setTimeout(resolve, lateMs)).then(() => ledger().claim(claim));
      const [removed, claimed] = await Promise.all([remove(), claiming]);
      const seat = await seatModel(app().connection).findOne({ eventId, seatId: claim.seatId }).lean();
      if (removed.status === 204) {
        outcomes.removed += 1;
        expect(claimed.outcome).to.be.oneOf(['closed', 'unknown_seat']);
        expect(seat).to.equal(null);
      } else {
        outcomes.refused += 1;
        expect(removed.body.code).to.equal('event_has_bookings');
        expect(claimed.outcome).to.equal('claimed');
        expect(seat?.holder).to.include({ bookingId: claim.bookingId });
        expect(await seatModel(app().connection).countDocuments({ eventId, closed: { $ne: null } })).to.equal(0);
      }
    }
    // Both came about: the claims are spread over the time that a removal takes.
    expect(outcomes.removed, 'races that the removal won').to.be.greaterThan(0);
    expect(outcomes.refused, 'races that the booking won').to.be.greaterThan(0);
  });

  it('finishes what a killed process left halfway, whichever way it goes', async () => {
    const begun = { id: newId(), kind: 'close', to: 'removed', at: new Date(Date.now() - 60_000) };
    const leave = async () => {
      await eventModel(app().connection).updateOne({ _id: eventId }, { $set: { work: begun } });
      await ledger().close({ eventId, seatIds: ['A-1-1', 'A-1-2'], reason: 'event_removed' });
    };
    const claim = claimOf('A-1-9');
    await ledger().claim(claim);
    await leave();
    expect((await app().call('PATCH', `/events/${eventId}`, { body: { title: 'x' } })).body.code).to.equal(
      'event_busy',
    );
    await app().restart();
    await app().sweep();
    expect(await status()).to.equal('published');
    expect((await ledger().claim(claimOf('A-1-1'))).outcome).to.equal('claimed');

    await seatModel(app().connection).updateMany({ eventId }, { $set: { status: 'OPEN', holder: null } });
    await leave();
    await app().sweep();
    expect((await app().call('GET', `/events/${eventId}`)).status).to.equal(404);
    expect(await seatModel(app().connection).countDocuments({ eventId })).to.equal(0);
  });

  it('leaves a close alone that has only just begun', async () => {
    const work = { id: newId(), kind: 'close', to: 'removed', at: new Date() };
    await eventModel(app().connection).updateOne({ _id: eventId }, { $set: { work } });
    await app().sweep();
    expect(await status()).to.equal('published');
    expect((await remove()).body.code).to.equal('event_busy');
  });
});
