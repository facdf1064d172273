import { activeEntries, createEndEntry, done, type SeenEntry } from './entry-steps.ts';
import { absentEntry, type Entry, offerOf } from './queue.ts';
import { createSeatLedger } from './seat.ts';
import type { Activities, Activity, Attempt, Ran } from './workflow.ts';
import { put, type Setting, the, type World } from './world.ts';

/** activities/waitlist/join-queue.ts and leave-queue.ts. `of`: the seat; `by`: the person, after whom the entry is named. */
export function createJoinAndLeave({ rules }: Setting): Activities {
  const seats = createSeatLedger(rules);
  const endEntry = createEndEntry(rules);
  const to = (attempt: Attempt, at: string, seen: unknown): Attempt => ({ ...attempt, at, seen });

  /** The entry is there: what follows goes by it as it was read, or inserted. `isFirst`: where this attempt has inserted it. */
  function inQueue(world: World, attempt: Attempt, entry: Entry, did: string, isFirst?: boolean): Ran {
    if (entry.status !== 'WAITING') return done(world, `finds the entry ${entry.status}`, 'in_queue');
    return { world, did, next: to(attempt, 'count', { entry, isFirst }) };
  }

  /**
   * The seat is told once more of the entry, so that a look which found the queue empty opens nothing. A look is asked for
   * where the queue was empty (`isFirst`), where the seat did not know, or the first attempt's result may be lost.
   */
  function count(world: World, { of: seatId, by = '', isOld, seen }: Attempt): Ran {
    const { entry, isFirst } = seen as { entry: Entry; isFirst?: boolean };
    const before = the(world.seats, seatId);
    const { answer, seat } = rules.countedAgain
      ? seats.countAgain(before, offerOf(by, entry), !isOld)
      : seats.mend(before);
    const told = rules.mend ? put(world, 'seats', seatId, seat) : world;
    const isUnknown = answer && rules.mend && (before.status === 'OPEN' || !before.waitlisted);
    const isAlone = activeEntries(world).length === 1 && rules.lookAtRepeats;
    const looks = isUnknown || (isFirst ?? isAlone);
    const did = !answer ? 'counts nobody' : isUnknown ? 'mends the seat' : 'counts once more';
    return done(told, did, looks ? 'in_queue, look' : 'in_queue');
  }

  const joinQueue: Activity = (world, attempt) => {
    const { of, at, by = '', seen } = attempt;
    const mine = the(world.entries, by);
    if (at === 'count') return count(world, attempt);
    if (at === 'find') {
      if (mine.status !== 'absent') return inQueue(world, attempt, mine, `finds the entry of ${by}`);
      const isFirst = activeEntries(world).length === 0;
      return { world, did: `finds no entry of ${by}`, next: to(attempt, 'queue', { isFirst }) };
    }
    const { isFirst, seq } = seen as { isFirst: boolean; seq?: number };
    if (at === 'queue') {
      const before = the(world.seats, of);
      const isTheirs = before.holder?.startsWith(`${by}-`) ?? false;
      const { answer, seat } = seats.queue(before, {
        isTheirs,
        bookingId: offerOf(by, absentEntry),
        inTime: !attempt.isOld,
      });
      if (answer === 'barred') return inQueue(world, attempt, mine, 'is barred');
      if (answer !== 'queued') return done(world, answer, 'refused');
      const next = to(attempt, 'insert', { isFirst, seq: seat.waitSeq });
      return { world: put(world, 'seats', of, seat), did: `queued as ${seat.waitSeq}`, next };
    }
    if (mine.status !== 'absent') return inQueue(world, attempt, mine, `finds the entry of ${by} there`);
    const entry: Entry = { ...mine, seq: seq ?? 0, status: 'WAITING', version: 1 };
    const joined = put(world, 'entries', by, entry);
    return inQueue(joined, attempt, entry, `inserts the entry of ${by}`, isFirst);
  };

  const leaveQueue: Activity = (world, attempt) => {
    const { of, at, by = '' } = attempt;
    const left = (on: World, did: string) => done(on, did, activeEntries(on).length === 0 ? 'left, look' : 'left');
    if (at === 'find') {
      const entry = the(world.entries, by);
      const did = `finds the entry ${entry.status}`;
      if (entry.status === 'LEFT') return rules.lookAtRepeats ? left(world, did) : done(world, did, 'left');
      if (entry.status === 'WAITING') return { world, did, next: to(attempt, 'bar', { entryId: by, entry }) };
      return done(world, did, entry.status === 'OFFERED' ? 'offered' : 'ended');
    }
    const seen = attempt.seen as SeenEntry;
    if (at === 'bar') {
      const { world: barred, did, isHeld } = endEntry.bar(world, attempt, seen);
      return isHeld ? done(barred, did, 'offered') : { world: barred, did, next: to(attempt, 'end', seen) };
    }
    const ended = endEntry.end(world, attempt, seen, 'LEFT');
    if (ended) return left(ended, 'writes LEFT');
    // Changed meanwhile, or too late: from the beginning.
    return { world, did: 'does not end the entry', next: { activity: 'leaveQueue', of, at: 'find', by } };
  };

  return { joinQueue, leaveQueue };
}
