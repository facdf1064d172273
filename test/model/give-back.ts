import { attemptAt } from './booking-activities.ts';
import type { Step } from './checker.ts';
import { isOffer } from './queue.ts';
import { type Activities, change, performStep } from './workflow.ts';
import { type Setting, the, type World } from './world.ts';

/** workflows/give-back/: what every workflow does with a booking that ends without a ticket. */
export function createGiveBack({ rules }: Setting, activities: Activities) {
  const order = rules.organizerFirst ? ['releaseAtOrganizer', 'releaseSeats'] : ['releaseSeats', 'releaseAtOrganizer'];

  /** Where giving back begins, and where it goes on after `at`: the organizer first, then the seats, then the waitlist. */
  function nextPlace(world: World, bookingId: string, workflow: string, at?: string): string {
    if (at === 'tellWaitlist') return 'closed';
    const { releasesHold } = the(world.runs, workflow);
    const isOwed = (place: string) =>
      place === 'releaseSeats' || (releasesHold && world.holds[bookingId] !== undefined);
    const places = order.filter(isOwed);
    const next = places[at === undefined ? 0 : places.indexOf(at) + 1];
    if (next !== undefined) return next;
    return isOffer(bookingId) && !workflow.startsWith('cancellation/') ? 'tellWaitlist' : 'closed';
  }

  const begin = (world: World, bookingId: string, workflow: string, refund: boolean): World =>
    change(world, workflow, {
      at: nextPlace(world, bookingId, workflow),
      money: refund ? 'requestRefund' : 'none',
    });

  function steps(world: World, bookingId: string, workflow: string): Step<World>[] {
    const { at, money } = the(world.runs, workflow);
    const found: Step<World>[] = [];
    if (at === 'releaseAtOrganizer' || at === 'releaseSeats' || at === 'tellWaitlist')
      found.push(
        ...performStep(world, activities, {
          workflow,
          start: attemptAt(at, bookingId),
          hear: (on) => change(on, workflow, { at: nextPlace(on, bookingId, workflow, at) }),
        }),
      );
    // Asked again when its webhook comes, or after a while: while it is being returned there is nothing to see.
    if (money === 'requestRefund' && world.invoices[bookingId]?.status !== 'REFUNDING')
      found.push(
        ...performStep(world, activities, {
          workflow,
          track: 'money',
          start: attemptAt('requestRefund', bookingId),
          hear: (on, answer) => (answer === 'pending' ? on : change(on, workflow, { money: 'returned' })),
        }),
      );
    return found;
  }

  return { begin, steps };
}
