import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { slowLineTo } from '../../../test/support/slow-line.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { seatModel } from './seat.ts';
import { createSeatLedger, type SeatLedger } from './seat-ledger.ts';

describe('the seat ledger', () => {
  const database = useDatabase('ticket-app');
  let seats: SeatLedger;
  let eventId: string;
  const seatId = 'A-1-1';
  const soon = () => new Date(Date.now() + 60_000);
  const booking = (bookingId: string) => ({ eventId, seatId, bookingId });
  const claim = (bookingId: string, claimBefore = soon()) =>
    seats.claim({ ...booking(bookingId), customerId: `of-${bookingId}`, claimBefore });
  const release = (bookingId: string) => seats.release({ ...booking(bookingId), barUntil: soon() });
  const seat = async () => {
    const found = await seatModel(database()).findOne({ eventId, seatId }).lean();
    if (!found) throw new Error('The seat is gone.');
    return found;
  };

  beforeEach(async () => {
    eventId = newId();
    seats = createSeatLedger(database());
    await seats.add(eventId, someSeats(3));
  });

  it('gives a seat to one of 200 who claim it at once', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => claim(`b${i}`)));
    const outcomes = answers.map((answer) => answer.outcome);
    expect(outcomes.filter((outcome) => outcome === 'claimed')).to.have.length(1);
    expect(outcomes.filter((outcome) => outcome === 'taken')).to.have.length(199);
    expect((await seat()).holder).to.include({ bookingId: `b${outcomes.indexOf('claimed')}` });
  });

  it('takes a repeated claim, confirmation and release for the first one', async () => {
    expect((await claim('b')).outcome).to.equal('claimed');
    const { version } = await seat();
    expect((await claim('b')).outcome).to.equal('already');
    expect((await seat()).version).to.equal(version);
    expect(await seats.confirm(booking('b'))).to.equal('confirmed');
    expect(await seats.confirm(booking('b'))).to.equal('already');
    expect(await release('b')).to.equal('opened');
    expect(await release('b')).to.equal('not_held');
    expect((await seat()).barred).to.have.length(1);
  });

  it('refuses a claim that wakes up after its booking was released (K-2)', async () => {
    await release('b');
    expect((await claim('b')).outcome).to.equal('barred');
    expect((await seat()).status).to.equal('OPEN');
    expect((await claim('c')).outcome).to.equal('claimed');
  });

  it('refuses a claim after its claimBefore, by the clock of the database', async () => {
    expect((await claim('b', new Date(Date.now() - 1))).outcome).to.equal('barred');
    expect((await seat()).status).to.equal('OPEN');
  });

  it('refuses a claim that was sent in time and arrives after its claimBefore: the database tells the time (K-2)', async () => {
    const line = await slowLineTo(database());
    const claimBefore = new Date(Date.now() + 300);
    line.hold();
    const claiming = createSeatLedger(line.connection).claim({ ...booking('b'), customerId: 'of-b', claimBefore });
    await line.sent();
    await waitUntil('claimBefore to pass', async () => Date.now() > claimBefore.getTime() + 50);
    line.letGo();
    expect((await claiming).outcome).to.equal('barred');
    expect((await seat()).status).to.equal('OPEN');
    await line.close();
  });

  it('refuses a claim that arrives after its booking was released (K-2)', async () => {
    const line = await slowLineTo(database());
    line.hold();
    const claiming = createSeatLedger(line.connection).claim({
      ...booking('b'),
      customerId: 'of-b',
      claimBefore: soon(),
    });
    await line.sent();
    await release('b');
    line.letGo();
    expect((await claiming).outcome).to.equal('barred');
    expect((await seat()).status).to.equal('OPEN');
    await line.close();
  });

  it('keeps a booking barred until its claimBefore has passed, not for a count', async () => {
    await release('b');
    for (let i = 0; i < 30; i += 1) await release(`other-${i}`);
    expect((await claim('b')).outcome).to.equal('barred');
  });

  it('forgets bars whose time has passed', async () => {
    await seats.release({ ...booking('old'), barUntil: new Date(Date.now() - 1) });
    await release('b');
    expect((await seat()).barred.map((bar) => bar.bookingId)).to.deep.equal(['b']);
  });

  it('does not confirm a seat that another booking holds, or nobody', async () => {
    expect(await seats.confirm(booking('b'))).to.equal('lost');
    await claim('c');
    expect(await seats.confirm(booking('b'))).to.equal('lost');
    expect((await seat()).status).to.equal('ON_GOING');
  });

  it('does not open a seat that another booking holds', async () => {
    await claim('c');
    expect(await release('b')).to.equal('not_held');
    expect((await seat()).holder).to.include({ bookingId: 'c' });
  });

  it('hands a seat over instead of opening it while somebody waits', async () => {
    await claim('b');
    await seatModel(database()).updateOne({ eventId, seatId }, { $set: { waitlisted: true, waitSeq: 1 } });
    expect(await release('b')).to.equal('handed');
    expect(await seat()).to.deep.include({ status: 'ON_GOING', holder: { kind: 'waitlist' } });
    expect((await claim('c')).outcome).to.equal('taken');
  });

  it('opens a closed seat on release, still closed, and lets nobody claim it', async () => {
    await claim('b');
    await seatModel(database()).updateOne({ eventId, seatId }, { $set: { waitlisted: true, waitSeq: 1 } });
    expect(await seats.close({ eventId, seatIds: [seatId], reason: 'broken' })).to.equal(1);
    expect(await release('b')).to.equal('opened');
    expect((await claim('c')).outcome).to.equal('closed');
    await seats.reopen({ eventId, seatIds: [seatId], reason: 'another reason' });
    expect((await claim('c')).outcome).to.equal('closed');
    await seats.openIfNobodyWaits({ eventId, seatId, seq: 1 });
    await seats.reopen({ eventId, reason: 'broken' });
    expect((await claim('c')).outcome).to.equal('claimed');
  });

  it('reopens a seat to its waitlist while somebody waits for it still', async () => {
    await claim('b');
    await seatModel(database()).updateOne({ eventId, seatId }, { $set: { waitlisted: true, waitSeq: 1 } });
    await seats.close({ eventId, seatIds: [seatId], reason: 'broken' });
    await release('b');
    await seats.reopen({ eventId, reason: 'broken' });
    expect(await seat()).to.deep.include({ status: 'ON_GOING', holder: { kind: 'waitlist' }, closed: null });
    expect((await claim('c')).outcome).to.equal('taken');
  });

  it('edits and removes only what nobody holds', async () => {
    await claim('b');
    expect(await seats.edit(eventId, seatId, { category: 'Silver' })).to.equal('busy');
    expect(await seats.remove(eventId, seatId)).to.equal('busy');
    expect(await seats.removeAll(eventId)).to.equal(1);
    expect(await seats.edit(eventId, 'nowhere', { category: 'Silver' })).to.equal('unknown_seat');
    await release('b');
    expect(await seats.edit(eventId, seatId, { category: 'Silver' })).to.equal('changed');
    expect((await seat()).category).to.equal('Silver');
    expect(await seats.remove(eventId, seatId)).to.equal('changed');
  });

  it('adds seats once, however often it is asked', async () => {
    await claim('b');
    expect(await seats.add(eventId, someSeats(4))).to.equal(1);
    expect((await seat()).status).to.equal('ON_GOING');
  });

  it('touches changedAt and version with every change', async () => {
    const before = await seat();
    await claim('b');
    const after = await seat();
    expect(after.version).to.equal(before.version + 1);
    expect(after.changedAt.getTime()).to.be.at.least(before.changedAt.getTime());
  });
});
