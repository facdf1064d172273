import { type Entry, isActive, offerOf } from './queue.ts';
import type { Rules } from './rules.ts';
import { createSeatLedger } from './seat.ts';
import { createWaitlistLedger } from './waitlist-ledger.ts';
import type { Attempt, Ran } from './workflow.ts';
import { put, the, type World } from './world.ts';

/** The entry that an attempt has read, and means to change. */
export interface SeenEntry {
  readonly entryId: string;
  readonly entry: Entry;
}

export const activeEntries = (world: World): Array<[string, Entry]> =>
  Object.entries(world.entries)
    .filter(([, entry]) => isActive(entry))
    .sort(([, a], [, b]) => a.seq - b.seq);

export const done = (world: World, did: string, answer: string): Ran => ({ world, did, answer });

/** activities/waitlist/end-entry.ts: an entry that waits is barred from its seat first, then it ends. */
export function createEndEntry(rules: Rules) {
  const seats = createSeatLedger(rules);
  const entries = createWaitlistLedger(rules);

  /** `isHeld`: the offer has taken effect, and nothing is changed. */
  function bar(
    world: World,
    { of }: Attempt,
    { entryId, entry }: SeenEntry,
  ): { world: World; did: string; isHeld: boolean } {
    if (!rules.leaveBars) return { world, did: 'bars nothing', isHeld: false };
    const offer = offerOf(entryId, entry);
    const seat = the(world.seats, of);
    if (!rules.barIsNoRelease)
      return {
        world: put(world, 'seats', of, seats.release(seat, offer).seat),
        did: `releases ${offer}`,
        isHeld: false,
      };
    const { answer, seat: barred } = seats.bar(seat, offer);
    return { world: put(world, 'seats', of, barred), did: `bars ${offer}: ${answer}`, isHeld: answer === 'held' };
  }

  /** Undefined: the entry is not as it was read; or it waits, and its bar may run out before an offer does. */
  function end(
    world: World,
    { isOld }: Attempt,
    { entryId, entry }: SeenEntry,
    to: Entry['status'],
  ): World | undefined {
    if (isOld && rules.endBefore && entry.status === 'WAITING') return undefined;
    const ended = entries.end(the(world.entries, entryId), entry, to);
    return ended && put(world, 'entries', entryId, ended);
  }

  return { bar, end };
}
