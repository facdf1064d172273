import { activeEntries, createEndEntry, done, type SeenEntry } from './entry-steps.ts';
import type { Entry } from './queue.ts';
import { createSeatLedger } from './seat.ts';
import type { Activities, Activity, Attempt, Ran } from './workflow.ts';
import { put, type Setting, the, type World } from './world.ts';

/** activities/waitlist/join-queue.ts and leave-queue.ts. `of`: the seat; `by`: the person, after whom the entry is named. */
export function createJoinAndLeave({ rules }: Setting): Activities {
  const seats = createSeatLedger(rules);
  const endEntry = createEndEntry(rules);
  const to = (attempt: Attempt, at: string, seen: unknown): Attempt => ({ ...attempt, at, seen });

  /**
   * The entry is there: the seat is told so once more, so that a look which found the queue empty opens nothing. A look is
   * asked for where the queue was empty (`isFirst`), where the seat did not know, or the first attempt's result may be lost.
   */
  function inQueue(world: World, seatId: string, mine: Entry, isFirst: boolean): Ran {
    if (mine.status !== 'WAITING') return done(world, `finds the entry ${mine.status}`, 'in_queue');
    const before = the(world.seats, seatId);
    const isUnknown = !before.closed && (before.status === 'OPEN' || !before.waitlisted);
    const tell = rules.countedAgain ? seats.countAgain : seats.mend;
    const told = rules.mend ? put(world, 'seats', seatId, tell(before).seat) : world;
    const isAlone = activeEntries(world).length === 1 && rules.lookAtRepeats;
    const looks = isFirst || (isUnknown && rules.mend) || isAlone;
    return done(told, isUnknown ? 'mends the seat' : 'counts once more', looks ? 'in_queue, look' : 'in_queue');
  }

  const joinQueue: Activity = (world, attempt) => {
    const { of, at, by = '', seen } = attempt;
    const mine = the(world.entries, by);
    if (at === 'find') {
      if (mine.status !== 'absent') return inQueue(world, of, mine, false);
      return {
        world,
        did: `finds no entry of ${by}`,
        next: to(attempt, 'queue', { isFirst: activeEntries(world).length === 0 }),
      };
    }
    const { isFirst, seq } = seen as { isFirst: boolean; seq?: number };
    if (at === 'queue') {
      const { answer, seat } = seats.queue(the(world.seats, of), false);
      if (answer !== 'queued') return done(world, answer, 'refused');
      const next = to(attempt, 'insert', { isFirst, seq: seat.waitSeq });
      return { world: put(world, 'seats', of, seat), did: `queued as ${seat.waitSeq}`, next };
    }
    if (at === 'count' || mine.status !== 'absent') return inQueue(world, of, mine, isFirst && at === 'count');
    const joined = put(world, 'entries', by, { ...mine, seq: seq ?? 0, status: 'WAITING', version: 1 });
    const did = `inserts the entry of ${by}`;
    if (rules.countedAgain) return { world: joined, did, next: to(attempt, 'count', { isFirst }) };
    return done(joined, did, isFirst ? 'in_queue, look' : 'in_queue');
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
