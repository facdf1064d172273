// A step of the waitlist that is stopped before each of its calls to the database, in turn, and woken when others have gone
// on: what a process does that stood still (K-1, K-2).
import { expect } from 'chai';
import type { Connection } from 'mongoose';
import type { WaitlistActivities } from '../../activities/waitlist/waitlist.ts';
import { type QueueRig, queueRig } from './queue-rig.ts';

export function lateAttempts(database: () => Connection) {
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
  return { atEachCall, waitingOf, lookOn, handedOver };
}
