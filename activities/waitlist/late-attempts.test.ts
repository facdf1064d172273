// Each step of a waitlist, stopped before each of its calls to the database and woken when others have gone on (K-1, K-2).
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { useDatabase } from '../../test/database.ts';
import { type QueueRig, queueRig } from '../../test/support/queue-rig.ts';
import { waitUntil } from '../../test/wait-until.ts';
import type { WaitlistActivities } from './waitlist.ts';

describe('a step of the waitlist that wakes up late', function () {
  this.timeout(30_000);
  const database = useDatabase('ticket-app');

  /** Runs a scenario once for each call at which the step can be stopped; tells at how many that was. */
  async function atEachCall<T>(
    arrange: (rig: QueueRig) => Promise<unknown>,
    step: (rig: QueueRig, steps: WaitlistActivities) => Promise<T>,
    scenario: (rig: QueueRig, wake: () => Promise<T>, call: number) => Promise<void>,
  ): Promise<number> {
    for (let call = 1; ; call++) {
      const rig = await queueRig(database());
      await arrange(rig);
      const stopped = await rig.stopBefore(call, (steps) => step(rig, steps));
      if (!stopped.stands) return call - 1;
      await scenario(rig, stopped.wake, call);
    }
  }
  const waitingOf = async (rig: QueueRig, name: string) => {
    const { customerId } = await rig.entry(name);
    const found = await database()
      .collection<{ _id: string; entries: Array<{ entryId: string }> }>('waiting_limits')
      .findOne({ _id: customerId });
    return found?.entries.map(({ entryId }) => entryId);
  };
  /** What the workflow does: looks until there is nothing to do at once. */
  async function lookOn(rig: QueueRig) {
    for (;;) {
      const next = await rig.look();
      if (next.kind !== 'again') return next;
    }
  }
  const handedOver =
    (...names: string[]) =>
    async (rig: QueueRig) => {
      for (const name of names) await rig.join(name);
      expect(await rig.release('holder')).to.equal('handed');
    };

  it('join: a repeat has the place, and the late one changes nothing', async () => {
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

  it('join: whoever has left meanwhile stays out', async () => {
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

  it('join: one that lands when the seat is free again is offered it (mend)', async () => {
    let landed = 0;
    await atEachCall(
      async () => {},
      (rig, steps) => rig.join('me', steps),
      async (rig, wake) => {
        await rig.release('holder');
        await lookOn(rig);
        const { answer } = await wake();
        if (answer.outcome === 'refused') {
          expect(answer.reason).to.equal('seat_open');
          expect(await rig.seat()).to.include({ status: 'OPEN', waitlisted: false });
          return;
        }
        landed += 1;
        // Whoever asks again, or looks, finds it.
        expect(await rig.join('me')).to.deep.equal({ answer: { outcome: 'in_queue' }, lookNow: true });
        expect(await rig.seat()).to.deep.include({ holder: { kind: 'waitlist' }, waitlisted: true });
        expect(await lookOn(rig)).to.include({ kind: 'offered' });
        expect((await rig.seat()).holder).to.include({ bookingId: rig.offerOf('me') });
      },
    );
    expect(landed).to.be.at.least(1);
  });

  it('leave: a repeat has left, the next has the seat, and the late one changes nothing', async () => {
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

  it('leave: bars the offer that a late look would make: the seat goes to the next', async () => {
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

  it('leave: one that wakes up late takes no seat from whoever was offered it meanwhile', async () => {
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

  it('leave: is told "left" only by an entry that has left, whatever late look comes in between', async () => {
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

  it('look: a repeat offers the seat once, and the late one changes nothing', async () => {
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

  it('look: an offer that has lapsed meanwhile is not made again', async () => {
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

  it('look: an offer that failed through no fault of theirs is made again, at their place', async () => {
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

  it('look: one that saw nobody waiting leaves the seat to whoever was offered it meanwhile', async () => {
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

  it('look: offers the seat to somebody whose leave was given up half way, once the bar has run out', async () => {
    const rig = await queueRig(database());
    await handedOver('me')(rig);
    const ranOut = new Date(Date.now() - 1);
    await rig.seats.release({ ...rig.place, bookingId: rig.offerOf('me'), barUntil: ranOut });
    expect(await lookOn(rig)).to.include({ kind: 'offered' });
    expect((await rig.seat()).holder).to.include({ bookingId: rig.offerOf('me') });
  });

  it('join: one that is refused in the end keeps no room of the ten that a person has', async () => {
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

  it('join: is not refused for good because an earlier call of the same id was', async () => {
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

  it('look: one that found the queue empty does not open the seat to others once somebody has joined', async () => {
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
});
