import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { seatModel } from './seat.ts';
import { createSeatLedger, type SeatLedger } from './seat-ledger.ts';

describe('a seat and its queue', () => {
  const database = useDatabase('ticket-app');
  let seats: SeatLedger;
  let eventId: string;
  const seatId = 'A-1-1';
  const place = () => ({ eventId, seatId });
  const soon = () => new Date(Date.now() + 60_000);
  const claim = (bookingId: string) =>
    seats.claim({ ...place(), bookingId, customerId: `of-${bookingId}`, claimBefore: soon() });
  const release = (bookingId: string) => seats.release({ ...place(), bookingId, barUntil: soon() });
  const queue = (customerId: string, bookingId = `${customerId}-1`, countBefore = soon()) =>
    seats.queue({ ...place(), customerId, bookingId, countBefore });
  const offer = (bookingId: string, offerBefore = soon()) =>
    seats.offer({ ...place(), bookingId, customerId: `of-${bookingId}`, offerBefore });
  const open = (seq: number) => seats.openIfNobodyWaits({ ...place(), seq });
  const seat = async () => {
    const found = await seatModel(database()).findOne(place()).lean();
    if (!found) throw new Error('The seat is gone.');
    return found;
  };
  /** The seat has come back to a queue of one. */
  const handedOver = async () => {
    await claim('holder');
    await queue('first');
    expect(await release('holder')).to.equal('handed');
  };

  beforeEach(async () => {
    eventId = newId();
    seats = createSeatLedger(database());
    await seats.add(eventId, someSeats(1));
  });

  it('counts those who join, each with a number of their own, however many come at once', async () => {
    await claim('holder');
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => queue(`c${i}`)));
    const seqs = answers.map((answer) => (answer.outcome === 'queued' ? answer.seq : 0));
    expect(new Set(seqs)).to.deep.equal(new Set(Array.from({ length: 50 }, (_, i) => i + 1)));
  });

  it('lets nobody queue for a seat that is free, closed, unknown or their own', async () => {
    expect(await queue('c')).to.deep.equal({ outcome: 'seat_open' });
    await claim('holder');
    expect(await queue('of-holder')).to.deep.equal({ outcome: 'seat_is_yours' });
    await seats.close({ eventId, reason: 'broken' });
    expect(await queue('c')).to.deep.equal({ outcome: 'seat_closed' });
    const nowhere = { eventId, seatId: 'none', customerId: 'c', bookingId: 'c-1', countBefore: soon() };
    expect(await seats.queue(nowhere)).to.deep.equal({ outcome: 'unknown_seat' });
    expect(await seat()).to.include({ waitlisted: false, waitSeq: 0 });
  });

  it('counts nobody who has been in its queue before, nor whose time is over (K-2)', async () => {
    await claim('holder');
    await seats.bar({ ...place(), bookingId: 'late-1', barUntil: soon() });
    expect(await queue('late')).to.deep.equal({ outcome: 'barred' });
    const over = await queue('slow', 'slow-1', new Date(Date.now() - 1)).catch((error: Error) => error.message);
    expect(over).to.match(/not told in time/);
    expect(await seat()).to.include({ waitlisted: false, waitSeq: 0 });
  });

  it('counts nobody once more who has the seat by now (K-2)', async () => {
    await handedOver();
    await offer('first-1');
    const { waitSeq } = await seat();
    expect(await seats.countAgain({ ...place(), bookingId: 'first-1', countBefore: soon() })).to.equal(false);
    expect((await seat()).waitSeq).to.equal(waitSeq);
    expect(await seats.countAgain({ ...place(), bookingId: 'next-1', countBefore: soon() })).to.equal(false);
    expect((await seat()).waitSeq).to.equal(waitSeq + 1);
  });

  it('says OPEN only of a seat that is: who comes late by the database’s clock is to ask again', async () => {
    expect(await queue('c', 'c-1', new Date(0))).to.deep.equal({ outcome: 'seat_open' });
    await claim('holder');
    await seats.bar({ ...place(), bookingId: 'c-1', barUntil: new Date(Date.now() + 50) });
    const outcomes = new Set<string>();
    await waitUntil('the bar to run out', async () => {
      outcomes.add(
        await queue('c', 'c-1', soon()).then(
          ({ outcome }) => outcome,
          ({ message }: Error) => message,
        ),
      );
      return outcomes.has('queued');
    });
    // Just when it runs out, the seat may have been told of neither.
    for (const outcome of outcomes) expect(outcome).to.match(/^(barred|queued|.*not told in time.*)$/);
  });

  it('goes to its queue when it is released, not to 100 who claim it meanwhile', async () => {
    await claim('holder');
    await queue('first');
    const [released, ...claims] = await Promise.all([
      release('holder'),
      ...Array.from({ length: 100 }, (_, i) => claim(`sniper-${i}`)),
    ]);
    expect(released).to.equal('handed');
    expect(new Set(claims.map(({ outcome }) => outcome))).to.deep.equal(new Set(['taken']));
    expect(await seat()).to.deep.include({ status: 'ON_GOING', holder: { kind: 'waitlist' } });
  });

  it('says again that it stands with its queue, so that a repeated release wakes it again', async () => {
    await handedOver();
    const { status, holder } = await seat();
    expect(await release('holder')).to.equal('handed');
    expect(await seat()).to.deep.include({ status, holder });
  });

  it('is offered once, and to the one it is offered to', async () => {
    await handedOver();
    const offers = await Promise.all(Array.from({ length: 20 }, (_, i) => offer(`b${i}`)));
    expect(offers.filter((answer) => answer === 'offered')).to.have.length(1);
    expect(offers.filter((answer) => answer === 'gone')).to.have.length(19);
    const winner = `b${offers.indexOf('offered')}`;
    expect(await offer(winner)).to.equal('already');
    expect(await seats.heldBy({ ...place(), bookingId: winner })).to.include({ status: 'ON_GOING' });
    // Its booking finds the seat its own.
    expect((await claim(winner)).outcome).to.equal('already');
  });

  it('refuses an offer that wakes up after it was undone (K-2), after its time, and on a closed seat', async () => {
    await handedOver();
    await release('late');
    expect(await offer('late')).to.equal('gone');
    expect(await offer('too-late', new Date(Date.now() - 1))).to.equal('gone');
    await seats.close({ eventId, reason: 'broken' });
    expect(await offer('b')).to.equal('gone');
    expect(await seat()).to.deep.include({ holder: { kind: 'waitlist' } });
  });

  it('opens when its queue is empty, once', async () => {
    await handedOver();
    expect(await open(1)).to.equal('opened');
    expect(await open(1)).to.equal('cleared');
    expect(await seat()).to.deep.include({ status: 'OPEN', holder: null, waitlisted: false });
    expect((await claim('b')).outcome).to.equal('claimed');
  });

  it('does not open once somebody has joined since the queue was seen to be empty', async () => {
    await handedOver();
    expect(await queue('second')).to.deep.equal({ outcome: 'queued', seq: 2 });
    expect(await open(1)).to.equal('newer');
    expect(await seat()).to.deep.include({ status: 'ON_GOING', holder: { kind: 'waitlist' }, waitlisted: true });
  });

  it('forgets an empty queue while somebody holds it, and then opens when it is released', async () => {
    await claim('holder');
    await queue('first');
    expect(await open(1)).to.equal('cleared');
    expect(await seat()).to.deep.include({ status: 'ON_GOING', waitlisted: false });
    expect(await release('holder')).to.equal('opened');
  });

  it('is mended when somebody waits and it does not know: free, or held by another', async () => {
    expect(await seats.mend(place())).to.equal(true);
    expect(await seat()).to.deep.include({ status: 'ON_GOING', holder: { kind: 'waitlist' }, waitlisted: true });
    expect(await seats.mend(place())).to.equal(false);
    await open((await seat()).waitSeq);
    await claim('holder');
    expect(await seats.mend(place())).to.equal(true);
    expect((await seat()).holder).to.include({ bookingId: 'holder' });
    expect(await release('holder')).to.equal('handed');
  });

  it('is not handed over once it is closed, and is neither changed nor removed while somebody waits', async () => {
    await claim('holder');
    await queue('first');
    await release('holder');
    expect(await seats.edit(eventId, seatId, { category: 'Silver' })).to.equal('busy');
    expect(await seats.remove(eventId, seatId)).to.equal('busy');
    await offer('b');
    await seats.close({ eventId, reason: 'broken' });
    expect(await release('b')).to.equal('opened');
    expect(await seat()).to.deep.include({ status: 'OPEN', holder: null });
    expect((await claim('c')).outcome).to.equal('closed');
  });
});
