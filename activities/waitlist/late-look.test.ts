import { expect } from 'chai';
import { describe, it } from 'mocha';
import { useDatabase } from '../../test/database.ts';
import { lateAttempts } from '../../test/support/late-attempts.ts';
import { queueRig } from '../../test/support/queue-rig.ts';

describe('a look at the waitlist that wakes up late', function () {
  this.timeout(30_000);
  const database = useDatabase('ticket-app');
  const { atEachCall, lookOn, handedOver } = lateAttempts(database);

  it('a repeat offers the seat once, and the late one changes nothing', async () => {
    const calls = await atEachCall(
      handedOver('me', 'next'),
      (rig, steps) => rig.look(steps),
      async (rig, wake) => {
        expect(await lookOn(rig)).to.deep.include({ kind: 'offered' });
        await rig.begin('me');
        const mine = await rig.entry('me');
        await wake();
        expect(await rig.entry('me')).to.deep.equal(mine);
        expect(mine).to.include({ status: 'OFFERED', attempt: 1, version: 2 });
        expect((await rig.seat()).holder).to.include({ bookingId: rig.offerOf('me') });
        expect(await rig.entry('next')).to.include({ status: 'WAITING', version: 1 });
      },
    );
    expect(calls).to.be.at.least(6);
  });

  it('an offer that has lapsed meanwhile is not made again', async () => {
    const calls = await atEachCall(
      handedOver('me', 'next'),
      (rig, steps) => rig.look(steps),
      async (rig, wake) => {
        await lookOn(rig);
        await rig.begin('me');
        await rig.end('me', 'payment_expired');
        expect(await lookOn(rig)).to.include({ kind: 'offered' });
        await rig.begin('next');
        await wake();
        await lookOn(rig);
        expect(await rig.entry('me')).to.include({ status: 'LAPSED' });
        expect(await rig.entry('next')).to.include({ status: 'OFFERED' });
        expect((await rig.seat()).holder).to.include({ bookingId: rig.offerOf('next') });
      },
    );
    expect(calls).to.be.at.least(6);
  });

  it('an offer that failed through no fault of theirs is made again, at their place', async () => {
    const calls = await atEachCall(
      handedOver('me', 'next'),
      (rig, steps) => rig.look(steps),
      async (rig, wake) => {
        await lookOn(rig);
        await rig.begin('me');
        await rig.end('me', 'payment_unavailable');
        await lookOn(rig);
        await wake();
        expect(await rig.entry('me')).to.include({ status: 'WAITING', attempt: 2 });
        expect(await rig.entry('next')).to.include({ status: 'WAITING', attempt: 1 });
        expect(await rig.seat()).to.deep.include({ status: 'ON_GOING', holder: { kind: 'waitlist' } });
      },
    );
    expect(calls).to.be.at.least(6);
  });

  it('one that saw nobody waiting leaves the seat to whoever was offered it meanwhile', async () => {
    const calls = await atEachCall(
      handedOver('me'),
      (rig, steps) => rig.look(steps),
      async (rig, wake) => {
        await lookOn(rig);
        await rig.begin('me');
        await wake();
        expect(await rig.seat()).to.include({ status: 'ON_GOING', waitlisted: true });
        await rig.end('me', 'payment_unavailable');
        await lookOn(rig);
        expect(await rig.entry('me')).to.include({ status: 'WAITING', attempt: 2 });
        expect(await rig.seat()).to.deep.include({ status: 'ON_GOING', holder: { kind: 'waitlist' } });
      },
    );
    expect(calls).to.be.at.least(6);
  });

  it('offers the seat to somebody whose leave was given up half way, once the bar has run out', async () => {
    const rig = await queueRig(database());
    await handedOver('me')(rig);
    const ranOut = new Date(Date.now() - 1);
    await rig.seats.release({ ...rig.place, bookingId: rig.offerOf('me'), barUntil: ranOut });
    expect(await lookOn(rig)).to.include({ kind: 'offered' });
    expect((await rig.seat()).holder).to.include({ bookingId: rig.offerOf('me') });
  });

  it('one that found the queue empty does not open the seat to others once somebody has joined', async () => {
    const calls = await atEachCall(
      async (rig) => {
        await rig.join('gone');
        await rig.leave('gone');
      },
      (rig, steps) => rig.look(steps),
      async (rig, wake) => {
        await rig.join('me');
        expect(await rig.release('holder')).to.equal('handed');
        await wake();
        expect(await rig.seat()).to.include({ status: 'ON_GOING', waitlisted: true });
        await lookOn(rig);
        expect((await rig.seat()).holder).to.include({ bookingId: rig.offerOf('me') });
      },
    );
    expect(calls).to.be.at.least(4);
  });

  it('one that finds nobody while somebody is being put in lets no other booking have the seat', async () => {
    let pairs = 0;
    for (const lookGoesOnFirst of [true, false]) {
      for (let joinCall = 1, isLast = false; !isLast; joinCall++) {
        for (let lookCall = 1, isThrough = false; !isThrough; lookCall++) {
          const rig = await queueRig(database());
          const join = await rig.stopBefore(joinCall, (steps) => rig.join('me', steps));
          const look = await rig.stopBefore(lookCall, (steps) => rig.look(steps));
          if (lookGoesOnFirst) await look.wake();
          expect((await join.wake()).answer).to.deep.equal({ outcome: 'in_queue' });
          await look.wake();
          expect(await rig.release('holder'), `${joinCall}/${lookCall}`).to.equal('handed');
          pairs += 1;
          isThrough = !look.stands;
          isLast = !join.stands;
        }
      }
    }
    expect(pairs).to.be.at.least(20);
  });
});
