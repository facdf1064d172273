import { bookingWorkflowId } from './booking.ts';
import { isOver } from './booking-document.ts';
import type { Step } from './checker.ts';
import { type Actor, isActive, noActor, offerOf } from './queue.ts';
import { waitlist } from './seat.ts';
import { type Activities, type Attempt, perform } from './workflow.ts';
import { put, type Setting, spend, the, type World } from './world.ts';

const mayLoseTasks = ({ late: { only } }: World): boolean => only.length === 0 || only.includes('leaveQueue');

/** workflows/seat-waitlist/: the workflow of one seat's waitlist, and the sweep that wakes it. */
export function createSeatWaitlist({ rules }: Setting, activities: Activities) {
  const change = (world: World, seatId: string, changes: Partial<Actor>): World =>
    put(world, 'actors', seatId, { ...the(world.actors, seatId), ...changes });
  const lookOf = (seatId: string): Attempt => ({ activity: 'lookAtQueue', of: seatId, at: 'seat' });
  const wake = { isWoken: true };

  /** The offered booking is started; it goes on by itself. One that was terminated before it wrote anything is started again. */
  function startBooking(world: World, bookingId: string): World {
    const workflow = bookingWorkflowId(bookingId);
    const run = the(world.runs, workflow);
    return run.at === 'none' || run.at === 'terminated'
      ? put(world, 'runs', workflow, { ...run, at: 'beginBooking' })
      : world;
  }

  /** What a look leads to, for the story or for somebody who leaves. */
  function afterLook(world: World, seatId: string, answer: string): World {
    const isOffered = answer.startsWith('offered ');
    const started = isOffered ? startBooking(world, answer.slice('offered '.length)) : world;
    const looksAgain = answer === 'wait, look again';
    const story = answer === 'again' ? 'look' : answer === 'nobody_waits' ? 'untilQuiet' : 'untilWoken';
    return change(started, seatId, { story, looksAgain, doing: '' });
  }

  const answerTo = (world: World, seatId: string, name: string, answer: string): World =>
    put(change(world, seatId, { doing: '', ...(answer.endsWith(', look') && wake) }), 'people', name, {
      asks: '',
      answer: answer.replace(', look', ''),
    });

  /** What is under way, until it is answered: the story's look, a join, or a leave (which looks, too, if it finds an offer). */
  function doing(world: World, seatId: string): Step<World>[] {
    const actor = the(world.actors, seatId);
    const [what = '', name = ''] = actor.doing.split(' ');
    const starts: Record<string, Attempt> = {
      look: lookOf(seatId),
      join: { activity: 'joinQueue', of: seatId, at: 'find', by: name },
      leave: { activity: 'leaveQueue', of: seatId, at: 'find', by: name },
      settle: lookOf(seatId),
      leaveAgain: { activity: 'leaveQueue', of: seatId, at: 'find', by: name },
    };
    return perform(world, activities, {
      who: `waitlist/${seatId}`,
      attempt: actor.attempt ?? the(starts, what),
      keep: (on, attempt) => change(on, seatId, { attempt }),
      hear(on, answer) {
        if (what === 'look') return afterLook(on, seatId, answer);
        if (what === 'leave' && answer === 'offered') return change(on, seatId, { doing: `settle ${name}` });
        if (what === 'settle') {
          const { story, looksAgain } = the(on.actors, seatId);
          return change(afterLook(on, seatId, answer), seatId, {
            story,
            looksAgain,
            doing: `leaveAgain ${name}`,
            ...wake,
          });
        }
        return answerTo(on, seatId, name, answer);
      },
    });
  }

  /** What the workflow goes on to when nothing is under way. */
  function nextOf(actor: Actor): { label: string; changes: Partial<Actor> } | undefined {
    const { story, isWoken, isFull, looksAgain } = actor;
    const looks = { story: 'look', isWoken: false, looksAgain: false } as const;
    if (story === 'look') return { label: 'looks', changes: { doing: 'look', isWoken: false } };
    if (story === 'untilQuiet' && isWoken && !isFull) return { label: 'was woken', changes: looks };
    if (story === 'untilQuiet' && !isWoken) return { label: 'ends: nobody waits', changes: noActor };
    if (isFull)
      return {
        label: 'continues as new',
        changes: { ...noActor, isRunning: true, ...(!rules.newRunLooks && { story: 'untilWoken' }) },
      };
    if (isWoken) return { label: 'is woken', changes: looks };
    return looksAgain ? { label: 'looks again after a while', changes: looks } : undefined;
  }

  function actorSteps(world: World, seatId: string): Step<World>[] {
    const actor = the(world.actors, seatId);
    const step = (label: string, changes: Partial<Actor>, fair = true, on = world): Step<World> => ({
      label: `waitlist/${seatId}: ${label}`,
      fair,
      to: change(on, seatId, changes),
    });
    const asking = Object.entries(world.people).filter(([, { asks }]) => asks === 'join' || asks === 'leave');
    if (!actor.isRunning)
      return actor.isWoken || asking.length > 0 ? [step('starts', { ...noActor, isRunning: true })] : [];
    const steps: Step<World>[] = [];
    if (world.left.full > 0 && !actor.isFull)
      steps.push(step('has grown long', { isFull: true }, false, spend(world, 'full')));
    if (world.left.terminated > 0) steps.push(step('is TERMINATED', noActor, false, spend(world, 'terminated')));
    if (actor.doing) {
      // What was asked for is asked again of the next worker, perhaps in another order.
      const isAsked = actor.doing !== 'look' && mayLoseTasks(world);
      if (isAsked) steps.push(step('loses its workflow task', { doing: '', attempt: null }, false));
      return [...steps, ...doing(world, seatId)];
    }
    const next = nextOf(actor);
    if (next) steps.push(step(next.label, next.changes));
    if (!actor.isFull)
      for (const [name, { asks }] of asking)
        steps.push(step(`is asked by ${name} to ${asks}`, { doing: `${asks} ${name}` }));
    return steps;
  }

  /** services/ticket-app/models/stranded-waitlists.ts: what has something to do that nobody woke it for. */
  function isStranded(world: World, seatId: string): boolean {
    const seat = the(world.seats, seatId);
    if (seat.holder === waitlist) return true;
    const queue = Object.entries(world.entries).filter(([, entry]) => isActive(entry));
    const offers = queue.filter(([, { status }]) => status === 'OFFERED').map(([id, entry]) => offerOf(id, entry));
    const bookingOf = (id: string) => the(world.bookings, id);
    if (offers.length > 0)
      return offers.some((id) => bookingOf(id).status === 'absent' || isOver(bookingOf(id)) || seat.holder !== id);
    const isUnknown = seat.holder !== null && world.bookings[seat.holder]?.status === 'absent';
    return queue.length > 0 && (seat.status === 'OPEN' || seat.closed || !seat.waitlisted || isUnknown);
  }

  function sweepSteps(world: World, seatId: string): Step<World>[] {
    const { isWoken, doing: now, story, isRunning } = the(world.actors, seatId);
    const isIdle = !isRunning || (!now && story === 'untilWoken');
    if (isWoken || !isIdle || !rules.sweep || !isStranded(world, seatId)) return [];
    return [{ label: `the sweep wakes waitlist/${seatId}`, fair: true, to: change(world, seatId, wake) }];
  }

  /** The backoff of an entry that was put back is over. */
  const backoffSteps = (world: World): Step<World>[] =>
    Object.entries(world.entries)
      .filter(([, { isBackedOff }]) => isBackedOff)
      .map(([name, entry]) => ({
        label: `${name} may be offered the seat again`,
        fair: true,
        to: put(world, 'entries', name, { ...entry, isBackedOff: false }),
      }));

  return {
    steps: (world: World, seatId: string): Step<World>[] => [
      ...actorSteps(world, seatId),
      ...sweepSteps(world, seatId),
      ...backoffSteps(world),
    ],
  };
}
