import { expect } from 'chai';
import { describe, it } from 'mocha';
import { useDatabase } from '../../test/database.ts';
import { lateAttempts } from '../../test/support/late-attempts.ts';
import { queueRig } from '../../test/support/queue-rig.ts';
import { waitUntil } from '../../test/wait-until.ts';

describe('a leave of the waitlist that wakes up late', function () {
  this.timeout(30_000);
  const database = useDatabase('ticket-app');
  const { atEachCall, lookOn, handedOver } = lateAttempts(database);

  it('a repeat has left, the next has the seat, and the late one changes nothing', async () => {
    const calls = await atEachCall(
      handedOver('me', 'next'),
      (rig, steps) => rig.leave('me', steps),
      async (rig, wake) => {
        expect((await rig.leave('me')).answer).to.deep.equal({ outcome: 'left' });
        expect(await lookOn(rig)).to.include({ kind: 'offered' });
        const mine = await rig.entry('me');
        expect((await wake()).answer).to.deep.equal({ outcome: 'left' });
        expect(await rig.entry('me')).to.deep.equal(mine);
        expect((await rig.seat()).holder).to.include({ bookingId: rig.offerOf('next') });
        expect(await rig.entry('next')).to.include({ status: 'OFFERED' });
      },
    );
    expect(calls).to.be.at.least(4);
  });

  it('has the empty queue looked at, also where the result of the first attempt was lost (K-1)', async () => {
    const rig = await queueRig(database());
    await handedOver('me', 'next')(rig);
    expect(await rig.leave('me')).to.deep.equal({ answer: { outcome: 'left' }, lookNow: false });
    const last = { answer: { outcome: 'left' }, lookNow: true };
    expect(await rig.leave('next')).to.deep.equal(last);
    expect(await rig.leave('next')).to.deep.equal(last);
  });

  it('bars the offer that a late look would make: the seat goes to the next', async () => {
    let left = 0;
    await atEachCall(
      handedOver('me', 'next'),
      (rig, steps) => rig.look(steps),
      async (rig, wake) => {
        const { answer } = await rig.leave('me');
        await wake();
        if (answer.outcome !== 'left') return;
        left += 1;
        await lookOn(rig);
        expect((await rig.seat()).holder).to.include({ bookingId: rig.offerOf('next') });
      },
    );
    expect(left).to.be.at.least(5);
  });

  it('one that wakes up late takes no seat from whoever was offered it meanwhile', async () => {
    const calls = await atEachCall(
      handedOver('me', 'next'),
      (rig, steps) => rig.leave('me', steps),
      async (rig, wake) => {
        const { kind } = await lookOn(rig);
        const { answer } = await wake();
        const { status } = await rig.entry('me');
        if (status === 'LEFT') {
          // It had gone so far that no offer to this person could be made: the next one has the seat, or gets it now.
          expect(answer.outcome).to.equal('left');
          if (kind === 'wait') await lookOn(rig);
          expect((await rig.seat()).holder).to.include({ bookingId: rig.offerOf('next') });
          return;
        }
        expect([status, answer.outcome]).to.deep.equal(['OFFERED', 'offered']);
        expect((await rig.seat()).holder).to.include({ bookingId: rig.offerOf('me') });
      },
    );
    expect(calls).to.be.at.least(4);
  });

  it('is told "left" only by an entry that has left, whatever late look comes in between', async () => {
    let pairs = 0;
    for (let lookCall = 1; ; lookCall++) {
      let stood = false;
      for (let leaveCall = 1; ; leaveCall++) {
        const rig = await queueRig(database());
        await handedOver('me', 'next')(rig);
        const look = await rig.stopBefore(lookCall, (steps) => rig.look(steps));
        const leave = await rig.stopBefore(leaveCall, (steps) => rig.leave('me', steps));
        stood = look.stands;
        await look.wake();
        const { answer } = await leave.wake();
        const { status } = await rig.entry('me');
        expect(status, `${lookCall}/${leaveCall}`).to.equal(answer.outcome === 'left' ? 'LEFT' : 'OFFERED');
        pairs += 1;
        if (!leave.stands || !stood) break;
      }
      if (!stood) break;
    }
    expect(pairs).to.be.at.least(20);
  });

  it('ends no entry when its bar may have run out: a seat that was offered meanwhile is not left to nobody', async () => {
    const beforeItsEnd = 4;
    let looks = 0;
    for (let lookCall = 1; ; lookCall++) {
      const rig = await queueRig(database(), { patienceMs: 50 });
      await handedOver('me')(rig);
      const leave = await rig.stopBefore(beforeItsEnd, (steps) => rig.leave('me', steps));
      const barred = (await rig.seat()).barred.find(({ bookingId }) => bookingId === rig.offerOf('me'));
      await waitUntil(
        'its bar to run out',
        async () => Date.now() > (barred?.until.getTime() ?? Number.POSITIVE_INFINITY),
      );
      const look = await rig.stopBefore(lookCall, (steps) => rig.look(steps));
      // One that is too late fails, and is tried again.
      const { answer } = await leave.wake().catch((error: Error) => {
        expect(error.message).to.match(/was not ended in time/);
        return rig.leave('me');
      });
      await look.wake();
      await lookOn(rig);
      const [{ status }, seat] = [await rig.entry('me'), await rig.seat()];
      if (answer.outcome === 'left') {
        expect(status, `call ${lookCall}`).to.equal('LEFT');
        expect(seat, `call ${lookCall}`).to.include({ status: 'OPEN', holder: null, waitlisted: false });
      } else {
        expect([answer.outcome, status], `call ${lookCall}`).to.deep.equal(['offered', 'OFFERED']);
        expect(seat.holder, `call ${lookCall}`).to.include({ bookingId: rig.offerOf('me') });
      }
      looks += 1;
      if (!look.stands) break;
    }
    expect(looks).to.be.at.least(6);
  });
});
