import { activeEntries, createEndEntry, done, type SeenEntry } from './entry-steps.ts';
import { offeredPast } from './invariants.ts';
import { type Entry, offerOf } from './queue.ts';
import { createSeatLedger, type Seat, waitlist } from './seat.ts';
import { createWaitlistLedger, outcomeOfOffer } from './waitlist-ledger.ts';
import type { Activity, Attempt, Ran } from './workflow.ts';
import { put, type Setting, the, type World } from './world.ts';

type SeenSeat = Pick<Seat, 'waitSeq' | 'holder' | 'closed'>;
/** What a look has read, as far as it still matters. */
interface Seen extends Partial<SeenEntry> {
  readonly seat?: SeenSeat;
  readonly to?: Entry['status'];
}

/**
 * activities/waitlist/look-at-queue.ts: it reads the seat, then the queue, and does the one thing that follows, an
 * operation on a document at a time. `of`: the seat.
 */
export function createLook({ rules }: Setting): Activity {
  const seats = createSeatLedger(rules);
  const entries = createWaitlistLedger(rules);
  const endEntry = createEndEntry(rules);
  const to = (attempt: Attempt, at: string, seen: Seen): Attempt => ({ ...attempt, at, seen });
  const [first, second] = rules.offerThenMark ? ['offer', 'mark'] : ['mark', 'offer'];

  /** Reads the queue, and what its offers' bookings have come to. */
  function decide(world: World, attempt: Attempt, seat: SeenSeat): Ran {
    const goTo = (at: string, [entryId, entry]: [string, Entry], more: Seen = {}): Ran => ({
      world,
      did: `reads the queue: ${at} ${entryId}`,
      next: to(attempt, at, { entryId, entry, ...more }),
    });
    const queue = activeEntries(world);
    for (const offered of queue.filter(([, { status }]) => status === 'OFFERED')) {
      const bookingId = offerOf(...offered);
      const booking = the(world.bookings, bookingId);
      if (booking.status === 'absent')
        return done(world, `finds no booking ${bookingId}`, rules.childStartedAgain ? `offered ${bookingId}` : 'wait');
      const outcome = outcomeOfOffer(booking, rules);
      if (outcome === 'requeue') return goTo('requeue', offered, { seat });
      if (outcome !== 'running') return goTo('settle', offered, { seat, to: outcome });
      if (rules.offerIsAwaited) return done(world, `sees ${bookingId} go on`, 'wait');
    }
    const waiting = queue.filter(([, { status }]) => status === 'WAITING');
    const unmarked = waiting.find((entry) => seat.holder === offerOf(...entry));
    if (unmarked && rules.unmarkedOfferFound) return goTo('mark', unmarked);
    const next = rules.firstComeFirstServed ? waiting[0] : waiting.at(-1);
    if (!next) return { world, did: 'reads that nobody waits', next: to(attempt, 'open', { seat }) };
    return seat.closed && rules.closedEndsQueue ? goTo('bar', next) : goTo('mend', next, { seat });
  }

  function mend(world: World, attempt: Attempt, seen: SeenEntry, holder: string | null): Ran {
    const { answer, seat } = seats.mend(the(world.seats, attempt.of));
    if (answer && rules.mend) return done(put(world, 'seats', attempt.of, seat), 'mends the seat', 'again');
    if (holder !== waitlist) return done(world, 'sees that the seat is held', 'wait');
    if (seen.entry.isBackedOff)
      return done(world, `waits until ${seen.entryId} may be offered again`, 'wait, look again');
    return { world, did: `chooses ${seen.entryId}`, next: to(attempt, first ?? '', seen) };
  }

  function offer(world: World, attempt: Attempt, seen: SeenEntry): Ran {
    const bookingId = offerOf(seen.entryId, seen.entry);
    const { answer, seat } = seats.offer(the(world.seats, attempt.of), bookingId, !attempt.isOld);
    const did = `offers the seat to ${bookingId}: ${answer}`;
    if (answer === 'gone') return done(world, did, 'wait, look again');
    const offered = put(world, 'seats', attempt.of, seat);
    const after = answer === 'offered' ? offeredPast(offered, seen.entryId, rules) : offered;
    if (second === 'offer') return done(after, did, `offered ${bookingId}`);
    return { world: after, did, next: to(attempt, 'mark', seen) };
  }

  function mark(world: World, attempt: Attempt, seen: SeenEntry): Ran {
    const { entryId, entry } = seen;
    const marked = entries.offered(the(world.entries, entryId), entry);
    if (!marked) return done(world, `finds ${entryId} changed`, 'again');
    const after = put(world, 'entries', entryId, marked);
    const did = `marks ${entryId} OFFERED`;
    const bookingId = offerOf(entryId, entry);
    const isOffered = second === 'mark' || the(world.seats, attempt.of).holder === bookingId;
    return isOffered
      ? done(after, did, `offered ${bookingId}`)
      : { world: after, did, next: to(attempt, 'offer', seen) };
  }

  function requeue(world: World, attempt: Attempt, { entryId, entry }: SeenEntry, seat: SeenSeat): Ran {
    const changed = entries.requeue(the(world.entries, entryId), entry);
    const after = changed ? put(world, 'entries', entryId, changed) : world;
    return { world: after, did: `puts ${entryId} back`, next: to(attempt, 'queue', { seat }) };
  }

  /** Nobody waits: the seat opens, unless somebody joined since it was read. */
  function letGo(world: World, attempt: Attempt, { waitSeq }: SeenSeat): Ran {
    const { answer, seat } = seats.openIfNobodyWaits(the(world.seats, attempt.of), waitSeq);
    if (answer === 'newer') return done(world, 'newer', 'again');
    const opened = put(world, 'seats', attempt.of, seat);
    return rules.looksOnceMore
      ? { world: opened, did: answer, next: to(attempt, 'count', {}) }
      : done(opened, answer, 'nobody_waits');
  }

  return (world, attempt) => {
    const { waitSeq, holder, closed } = the(world.seats, attempt.of);
    const { seat = { waitSeq, holder, closed }, to: outcome = 'CLOSED', ...read } = (attempt.seen ?? {}) as Seen;
    const seen = read as SeenEntry;
    switch (attempt.at) {
      case 'seat':
        return { world, did: 'reads the seat', next: to(attempt, 'queue', { seat }) };
      case 'queue':
        return decide(world, attempt, seat);
      case 'requeue':
        return requeue(world, attempt, seen, seat);
      case 'settle': {
        const settled = endEntry.end(world, attempt, seen, outcome) ?? world;
        return { world: settled, did: `writes ${outcome} of ${seen.entryId}`, next: to(attempt, 'queue', { seat }) };
      }
      case 'bar': {
        const { world: barred, did, isHeld } = endEntry.bar(world, attempt, seen);
        return isHeld ? done(barred, did, 'again') : { world: barred, did, next: to(attempt, 'end', seen) };
      }
      case 'end':
        return done(endEntry.end(world, attempt, seen, 'CLOSED') ?? world, `writes CLOSED of ${seen.entryId}`, 'again');
      case 'mend':
        return mend(world, attempt, seen, seat.holder);
      case 'offer':
        return offer(world, attempt, seen);
      case 'mark':
        return mark(world, attempt, seen);
      case 'open':
        return letGo(world, attempt, seat);
      default: {
        const isEmpty = activeEntries(world).length === 0;
        return done(world, isEmpty ? 'sees nobody' : 'sees somebody', isEmpty ? 'nobody_waits' : 'again');
      }
    }
  };
}
