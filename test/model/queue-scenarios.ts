import { bookingWorkflowId, createBookingWorkflow } from './booking.ts';
import { createBookingActivities } from './booking-activities.ts';
import { absentBooking, type Booking } from './booking-document.ts';
import type { Model, Step } from './checker.ts';
import { brokenIn, wrongAtRest } from './invariants.ts';
import { createJoinAndLeave } from './join-and-leave.ts';
import { createLook } from './look.ts';
import { absentEntry, type Entry, isActive, isOffer, noActor, wakeActor } from './queue.ts';
import type { Rules } from './rules.ts';
import { each, emptyWorld, type Scenario } from './scenario.ts';
import { createSeatLedger, freeSeat, type Seat } from './seat.ts';
import { createSeatWaitlist } from './waitlist.ts';
import { lateSteps, notStarted } from './workflow.ts';
import { type Fault, put, type Setting, spend, the, type World } from './world.ts';

interface Bounds {
  people: readonly string[];
  /** How often each may be offered the seat. */
  offers?: number;
  left?: Partial<Record<Fault, number>>;
  /** Somebody else wants the seat by an ordinary booking. */
  rival?: boolean;
  leave?: boolean;
  /** They are in the queue at the start. */
  joined?: boolean;
  /** The seat is sold at the start; otherwise whoever holds it has just let it go. */
  isSold?: boolean;
  /** The activities that may be killed or late; the bookings' own are explored elsewhere. */
  only?: readonly string[];
  /** No seat is to be left marked for a queue that is empty; after a late look or a terminated queue one may be, harmlessly. */
  exactMarks?: boolean;
  /** Whether workers are killed when they have done something and nobody knows yet. */
  losesAnswers?: boolean;
}

const seatId = 'A';
const ofQueue = ['joinQueue', 'leaveQueue', 'lookAtQueue'];

function initialWorld(
  { people, left = {}, isSold, joined, only = ofQueue, losesAnswers = true }: Bounds,
  ids: readonly string[],
): World {
  const holder: Booking = isSold
    ? { ...absentBooking, status: 'CONFIRMED', wasConfirmed: true }
    : { ...absentBooking, status: 'FAILED', reason: 'payment_expired' };
  const seat: Seat = { ...freeSeat, status: isSold ? 'BOOKED' : 'ON_GOING', holder: 'holder' };
  const inQueue = (index: number): Entry => ({ ...absentEntry, status: 'WAITING', seq: 2 * index + 1, version: 1 });
  const entries = people.map((name, index) => [name, joined ? inQueue(index) : absentEntry] as const);
  return {
    ...emptyWorld(left, { only, losesAnswers }),
    seats: { [seatId]: { ...seat, ...(joined && { waitlisted: true, waitSeq: 2 * people.length }) } },
    bookings: { ...each(ids, absentBooking), holder },
    runs: {
      ...each(ids.map(bookingWorkflowId), notStarted),
      'booking/holder': { ...notStarted, at: isSold ? 'closed' : 'releaseSeats' },
    },
    entries: Object.fromEntries(entries),
    actors: { [seatId]: joined ? { ...noActor, isRunning: true } : noActor },
    people: each(people, { asks: '', answer: joined ? 'in_queue' : '' }),
  };
}

const bookingsOf = ({ people, offers = 1, rival }: Bounds): string[] => [
  'holder',
  ...(rival ? ['rival'] : []),
  ...people.flatMap((name) => Array.from({ length: offers }, (_, i) => `${name}-${i + 1}`)),
];

/** Bars of offers run out. What was under way for so long is old; what somebody waited for so long is begun anew. */
function minutePasses(world: World): World {
  const seat = the(world.seats, seatId);
  const attempts = world.late.attempts.map((attempt) => ({ ...attempt, isOld: true }));
  const later = put(world, 'seats', seatId, { ...seat, barred: seat.barred.filter((id) => !isOffer(id)) });
  const actor = { ...the(world.actors, seatId), attempt: null };
  return put({ ...later, late: { ...later.late, attempts } }, 'actors', seatId, actor);
}

function queueModel(bounds: Bounds, rules: Rules): Model<World> {
  const ids = bookingsOf(bounds);
  const setting: Setting = { rules, seatsOf: () => [seatId], exactMarks: bounds.exactMarks ?? false };
  const activities = {
    ...createBookingActivities(setting),
    ...createJoinAndLeave(setting),
    lookAtQueue: createLook(setting),
  };
  const booking = createBookingWorkflow(setting, activities);
  const queue = createSeatWaitlist(setting, activities);
  const seats = createSeatLedger(rules);

  /** An ordinary booking is started; a confirmed one is given back. */
  function ofBooking(world: World, id: string): Step<World>[] {
    const workflow = bookingWorkflowId(id);
    const run = the(world.runs, workflow);
    const document = the(world.bookings, id);
    if (id === 'rival' && run.at === 'none') {
      const to = put(world, 'runs', workflow, { ...run, at: 'beginBooking' });
      return [{ label: 'booking rival is started', fair: false, to }];
    }
    if (world.left.givenBack === 0 || run.at !== 'closed' || document.status !== 'CONFIRMED') return [];
    const cancelled = { ...document, status: 'CANCELLED', reason: 'cancelled_by_customer' } as const;
    const to = put(spend(world, 'givenBack'), 'bookings', id, cancelled);
    return [
      {
        label: `${id} is cancelled after all`,
        fair: false,
        to: put(to, 'runs', workflow, { ...run, at: 'releaseSeats' }),
      },
    ];
  }

  function ofPerson(world: World, name: string): Step<World>[] {
    const { asks, answer } = the(world.people, name);
    const asking = (what: string): Step<World> => ({
      label: `${name} asks to ${what}`,
      fair: false,
      to: put(world, 'people', name, { asks: what, answer }),
    });
    if (!asks && !answer) return [asking('join')];
    const mayLeave = bounds.leave && !asks && answer === 'in_queue' && isActive(the(world.entries, name));
    return mayLeave ? [asking('leave')] : [];
  }

  function ofWorld(world: World): Step<World>[] {
    const steps: Step<World>[] = [];
    const seat = the(world.seats, seatId);
    if (world.left.closed > 0) {
      const closed = put(spend(world, 'closed'), 'seats', seatId, seats.close(seat));
      steps.push({ label: 'the seat is closed', fair: false, to: wakeActor(closed, seatId) });
    }
    const isYoung = seat.barred.some(isOffer) || world.late.attempts.some(({ isOld }) => !isOld);
    if (world.left.minutes > 0 && isYoung)
      steps.push({ label: 'a minute passes', fair: true, to: minutePasses(world) });
    return steps;
  }

  // A join whose answer is lost again and again would count up for ever.
  const mostJoins = 2 * bounds.people.length + 1;
  const isWithin = ({ fair, to }: Step<World>) => fair || the(to.seats, seatId).waitSeq <= mostJoins;

  return {
    initial: initialWorld(bounds, ids),
    steps: (world) =>
      [
        ...lateSteps(world, activities),
        ...queue.steps(world, seatId),
        ...ids.flatMap((id) => [...booking.steps(world, id), ...ofBooking(world, id)]),
        ...bounds.people.flatMap((name) => ofPerson(world, name)),
        ...ofWorld(world),
      ].filter(isWithin),
    broken: brokenIn,
    wrongAtRest: (world) => wrongAtRest(world, setting),
  };
}

const scenario = (name: string, about: string, bounds: Bounds): Scenario => ({
  name,
  about,
  model: (rules) => queueModel(bounds, rules),
});

/** Small enough to be explored whole within the tests. */
export const queueScenarios: readonly Scenario[] = [
  scenario('queue', 'one who waits and may leave', { people: ['ani'], leave: true }),
  scenario('queue-rival', 'one who waits, a rival who books, one late attempt', {
    only: ['joinQueue', 'lookAtQueue'],
    losesAnswers: false,
    people: ['ani'],
    rival: true,
    left: { late: 1 },
  }),
  scenario('queue-late-look', 'one of the queue may leave, a look is late, for minutes', {
    people: ['ani'],
    joined: true,
    leave: true,
    only: ['lookAtQueue'],
    losesAnswers: false,
    left: { late: 1, minutes: 1 },
  }),
  scenario('queue-late-leave', 'one of the queue may leave, the leave is late, for minutes', {
    people: ['ani'],
    joined: true,
    leave: true,
    offers: 2,
    only: ['leaveQueue'],
    losesAnswers: false,
    left: { late: 1, minutes: 1 },
  }),
  scenario('queue-late-join', 'one who joins the queue of a sold seat and may leave, the join is late, for minutes', {
    people: ['ani'],
    isSold: true,
    leave: true,
    only: ['joinQueue'],
    losesAnswers: false,
    exactMarks: true,
    left: { late: 1, minutes: 1 },
  }),
  scenario('queue-late-buyer', 'one who joins the queue of a seat that comes back, and buys it; the join is late', {
    people: ['ani'],
    only: ['joinQueue'],
    losesAnswers: false,
    exactMarks: true,
    left: { late: 1, minutes: 1 },
  }),
  scenario('queue-sold', 'one who waits for a sold seat and may leave', { people: ['ani'], leave: true, isSold: true }),
  scenario('queue-of-two', 'two who wait', { people: ['ani', 'budi'], only: ['-'] }),
  scenario('queue-outage', "an offer fails through nobody's fault, and the queue's workflow is terminated", {
    people: ['ani'],
    rival: true,
    offers: 2,
    only: ['-'],
    left: { outage: 1, terminated: 1 },
  }),
  scenario('queue-closed', 'the seat is closed, and a confirmed booking is given back', {
    people: ['ani'],
    isSold: true,
    only: ['releaseSeats'],
    left: { closed: 1, givenBack: 1 },
  }),
  scenario('queue-continued', "the queue's workflow continues as new, and a confirmed booking is given back", {
    people: ['ani'],
    leave: true,
    isSold: true,
    only: ['lookAtQueue', 'releaseSeats'],
    left: { full: 1, givenBack: 1 },
  }),
];

export const largeQueueScenarios: readonly Scenario[] = [
  scenario('queue-two-late-large', 'two who wait and may leave, a rival, one late attempt, for minutes', {
    people: ['ani', 'budi'],
    rival: true,
    leave: true,
    left: { late: 1, minutes: 1 },
  }),
  scenario('queue-faults-large', 'two who wait, a rival, an outage, terminated, closed, given back, continued', {
    people: ['ani', 'budi'],
    rival: true,
    offers: 2,
    left: { outage: 1, terminated: 1, closed: 1, givenBack: 1, full: 1 },
  }),
  scenario('queue-late-large', 'one who waits, two late attempts of any activity, an outage', {
    people: ['ani'],
    rival: true,
    leave: true,
    offers: 2,
    only: [],
    left: { late: 2, minutes: 1, outage: 1 },
  }),
];
