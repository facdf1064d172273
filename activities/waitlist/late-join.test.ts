import { expect } from 'chai';
import { describe, it } from 'mocha';
import { useDatabase } from '../../test/database.ts';
import { lateAttempts } from '../../test/support/late-attempts.ts';
import { queueRig } from '../../test/support/queue-rig.ts';
import { waitUntil } from '../../test/wait-until.ts';

describe('a join of the waitlist that wakes up late', function () {
  this.timeout(30_000);
  const database = useDatabase('ticket-app');
  const { atEachCall, waitingOf, lookOn } = lateAttempts(database);

  it('a repeat has the place, and the late one changes nothing', async () => {
    const calls = await atEachCall(
      (rig) => rig.join('before'),
      (rig, steps) => rig.join('me', steps),
      async (rig, wake) => {
        expect((await rig.join('me')).answer).to.deep.equal({ outcome: 'in_queue' });
        await rig.join('after');
        const mine = await rig.entry('me');
        expect((await wake()).answer).to.deep.equal({ outcome: 'in_queue' });
        expect(await rig.entry('me')).to.deep.equal(mine);
        const order = (await rig.entries.waiting(rig.place, 10)).map(({ _id }) => _id);
        expect(order).to.deep.equal([(await rig.entry('before'))._id, mine._id, (await rig.entry('after'))._id]);
        expect(await waitingOf(rig, 'me')).to.deep.equal([mine._id]);
      },
    );
    expect(calls).to.be.at.least(5);
  });

  it('has the queue looked at for the first in it, also where the result of the first attempt was lost (K-1)', async () => {
    const rig = await queueRig(database());
    const alone = { answer: { outcome: 'in_queue' }, lookNow: true };
    expect(await rig.join('me')).to.deep.equal(alone);
    expect(await rig.join('me')).to.deep.equal(alone);
    expect((await rig.join('next')).lookNow).to.equal(false);
    expect((await rig.join('next')).lookNow).to.equal(false);
  });

  it('whoever has left meanwhile stays out', async () => {
    const calls = await atEachCall(
      (rig) => rig.join('before'),
      (rig, steps) => rig.join('me', steps),
      async (rig, wake) => {
        await rig.join('me');
        expect((await rig.leave('me')).answer).to.deep.equal({ outcome: 'left' });
        await wake();
        expect(await rig.entry('me')).to.include({ status: 'LEFT', active: false });
        expect(await waitingOf(rig, 'me')).to.deep.equal([]);
      },
    );
    expect(calls).to.be.at.least(5);
  });

  it('counts nobody who has left meanwhile, nor when its time is over', async () => {
    const beforeItsLastCount = 7;
    const patienceMs = 2_000;
    for (const [late, leaves] of [
      [false, true],
      [true, false],
    ]) {
      const rig = await queueRig(database(), late ? { countPatienceMs: patienceMs } : {});
      const join = await rig.stopBefore(beforeItsLastCount, (steps) => rig.join('me', steps));
      expect([join.stands, (await rig.entry('me')).status]).to.deep.equal([true, 'WAITING']);
      if (leaves) expect((await rig.leave('me')).answer).to.deep.equal({ outcome: 'left' });
      if (leaves) expect(await lookOn(rig)).to.include({ kind: 'nobody_waits' });
      const counted = (await rig.seat()).waitSeq;
      const until = Date.now() + patienceMs;
      if (late) await waitUntil('its time to be over', async () => Date.now() > until);
      const answer = await join.wake().catch((error: Error) => error.message);
      if (late) expect(answer).to.match(/not told in time/);
      expect((await rig.seat()).waitSeq).to.equal(counted);
      expect((await rig.seat()).waitlisted).to.equal(late);
    }
  });

  it('does not make the seat wait for somebody who has joined by another attempt, and left', async () => {
    const beforeItIsCounted = 5;
    const rig = await queueRig(database());
    const join = await rig.stopBefore(beforeItIsCounted, (steps) => rig.join('me', steps));
    expect([join.stands, (await rig.seat()).waitSeq]).to.deep.equal([true, 0]);
    await rig.join('me');
    expect((await rig.leave('me')).answer).to.deep.equal({ outcome: 'left' });
    expect(await lookOn(rig)).to.include({ kind: 'nobody_waits' });
    const { waitSeq } = await rig.seat();
    expect((await join.wake()).answer).to.deep.equal({ outcome: 'in_queue' });
    expect(await rig.seat()).to.include({ waitSeq, waitlisted: false });
  });

  it('one that lands when the seat is free again is offered it (mend)', async () => {
    let landed = 0;
    await atEachCall(
      async () => {},
      (rig, steps) => rig.join('me', steps),
      async (rig, wake) => {
        await rig.release('holder');
        const looked = await lookOn(rig);
        const { answer } = await wake();
        if (answer.outcome === 'refused') {
          expect(answer.reason).to.equal('seat_open');
          expect(await rig.seat()).to.include({ status: 'OPEN', waitlisted: false });
          return;
        }
        landed += 1;
        // It had only the count of its entry left to do: the look has found the entry.
        if (looked.kind === 'offered') {
          expect((await rig.seat()).holder).to.include({ bookingId: rig.offerOf('me') });
          return;
        }
        // Whoever asks again, or looks, finds it.
        expect(await rig.join('me')).to.deep.equal({ answer: { outcome: 'in_queue' }, lookNow: true });
        expect(await rig.seat()).to.deep.include({ holder: { kind: 'waitlist' }, waitlisted: true });
        expect(await lookOn(rig)).to.include({ kind: 'offered' });
        expect((await rig.seat()).holder).to.include({ bookingId: rig.offerOf('me') });
      },
    );
    expect(landed).to.be.at.least(1);
  });

  it('one that is refused in the end keeps no room of the ten that a person has', async () => {
    const rig = await queueRig(database());
    const late = Date.now() + 300;
    const stopped = await rig.stopBefore(5, (steps) => rig.join('me', steps, late));
    expect(stopped.stands).to.equal(true);
    await waitUntil('the time of the call to be over', async () => Date.now() > late);
    expect((await rig.join('me', rig.steps, late)).answer).to.include({ reason: 'too_late' });
    const kept = await database()
      .collection<{ _id: string; entries: unknown[] }>('waiting_limits')
      .findOne({ _id: `${rig.place.eventId}-of-me` });
    expect(kept?.entries).to.deep.equal([]);
    await stopped.wake();
  });

  it('is not refused for good because an earlier call of the same id was', async () => {
    const rig = await queueRig(database());
    const soon = Date.now() + 200;
    await rig.release('holder');
    expect((await rig.join('me', rig.steps, soon)).answer).to.include({ reason: 'seat_open' });
    await rig.seats.claim({
      ...rig.place,
      bookingId: 'another',
      customerId: 'another',
      claimBefore: new Date(Date.now() + 60_000),
    });
    await waitUntil('the bar to run out', async () => Date.now() > soon + 50);
    expect((await rig.join('me')).answer).to.deep.equal({ outcome: 'in_queue' });
  });
});
