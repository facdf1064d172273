import { askToCancel, bookingWorkflowId, createBookingWorkflow } from './booking.ts';
import { createBookingActivities } from './booking-activities.ts';
import { absentBooking } from './booking-document.ts';
import {
  callId,
  cancellationWorkflowId,
  createCancellation,
  createCancellationActivities,
  sweepId,
} from './cancellation.ts';
import type { Model, Step } from './checker.ts';
import { brokenIn, wrongAtRest } from './invariants.ts';
import { absentInvoice, type Invoice } from './invoice.ts';
import { createOperator, orphanedBookingId } from './operator.ts';
import { orphanedSaleId } from './orphaned-sale.ts';
import { createPaymentActivities, createPayments, webhookId } from './payments.ts';
import type { Rules } from './rules.ts';
import { each, emptyWorld, type Scenario } from './scenario.ts';
import { freeSeat, type Seat } from './seat.ts';
import { noTicket } from './ticket.ts';
import { lateSteps, notStarted, type Run } from './workflow.ts';
import { type Fault, put, type Setting, the, type World, withoutItem } from './world.ts';

interface Bounds {
  /** The seats of each booking, in the order in which it wants them. */
  bookings: Readonly<Record<string, readonly string[]>>;
  tries?: number;
  left?: Partial<Record<Fault, number>>;
  /** The buyer may cancel while it is unpaid (`update`), or cancels it in any state by ticket-app's call (`call`). */
  cancels?: 'update' | 'call';
  /** An operator releases holds. */
  operator?: boolean;
  /** Whether workers are killed when they have done something and nobody knows yet. */
  losesAnswers?: boolean;
  /** It begins with an invoice that can be paid, when it is paid and its ticket is to be made, or sold. */
  begins?: 'invoiced' | 'paid' | 'sold';
}

function initialWorld({
  bookings,
  tries = 1,
  left = {},
  cancels,
  operator,
  begins,
  losesAnswers = true,
}: Bounds): World {
  const ids = Object.keys(bookings);
  const seatIds = [...new Set(Object.values(bookings).flat())].sort();
  const kinds = [
    bookingWorkflowId,
    webhookId,
    ...(operator ? [orphanedBookingId, orphanedSaleId] : []),
    ...(cancels === 'call' ? [cancellationWorkflowId, callId, sweepId] : []),
  ];
  const world: World = {
    ...emptyWorld(left, { losesAnswers }),
    seats: each(seatIds, freeSeat),
    bookings: each(ids, absentBooking),
    invoices: each(ids, absentInvoice(tries)),
    holds: each(ids, 'unknown' as const),
    tickets: each(ids, noTicket),
    runs: each(
      kinds.flatMap((kind) => ids.map(kind)),
      notStarted,
    ),
    people: each(['buyer'], { asks: '', answer: '' }),
  };
  if (!begins) return world;
  const [id = ''] = ids;
  const isSold = begins === 'sold';
  const isPaid = isSold || begins === 'paid';
  const paid = { status: 'PAID', attempt: 1, willPay: true, webhook: 'done', charges: 1 } as const;
  const invoice: Invoice = isPaid ? { ...absentInvoice(0), ...paid } : { ...absentInvoice(tries), status: 'PENDING' };
  const run: Run = {
    ...notStarted,
    at: isSold ? 'closed' : isPaid ? 'issueTicket' : 'awaitPayment',
    payment: isPaid ? 'PAID' : '',
    releasesHold: true,
  };
  return {
    ...world,
    seats: each<Seat>(seatIds, { ...freeSeat, status: isPaid ? 'BOOKED' : 'ON_GOING', holder: id }),
    bookings: { [id]: { ...absentBooking, status: isSold ? 'CONFIRMED' : 'AWAITING_PAYMENT', wasConfirmed: isSold } },
    invoices: { [id]: invoice },
    holds: { [id]: 'held' },
    tickets: { [id]: { ...noTicket, status: isSold ? 'VALID' : 'none' } },
    runs: { ...world.runs, [bookingWorkflowId(id)]: run },
  };
}

/** The minute that a booking has for its first steps is over, and with it the bars of its id. */
function claimBeforePasses(world: World, id: string): World {
  const later = put(world, 'bookings', id, { ...the(world.bookings, id), isTimeOver: true });
  return Object.entries(later.seats).reduce(
    (on, [seatId, seat]) => put(on, 'seats', seatId, { ...seat, barred: withoutItem(seat.barred, id) }),
    later,
  );
}

function bookingModel(bounds: Bounds, rules: Rules): Model<World> {
  const ids = Object.keys(bounds.bookings);
  const setting: Setting = {
    rules,
    seatsOf(id) {
      const wanted = the(bounds.bookings, id);
      return rules.sortedClaims ? [...wanted].sort() : wanted;
    },
  };
  const activities = {
    ...createBookingActivities(setting),
    ...createPaymentActivities(setting),
    ...createCancellationActivities(setting),
  };
  const booking = createBookingWorkflow(setting, activities);
  const payments = createPayments(setting, activities);
  const operator = createOperator(setting, activities);
  const cancellation = createCancellation(setting, activities);

  function maybe(world: World, id: string): Step<World>[] {
    const steps: Step<World>[] = [];
    const may = (label: string, to: World) => steps.push({ label, fair: false, to });
    const run = the(world.runs, bookingWorkflowId(id));
    if (run.at === 'none')
      may(`booking ${id} is started`, put(world, 'runs', bookingWorkflowId(id), { ...run, at: 'beginBooking' }));
    else if (world.left.minutes > 0 && !the(world.bookings, id).isTimeOver)
      may(`claimBefore of ${id} passes`, claimBeforePasses(world, id));
    if (bounds.cancels === 'update') {
      const asked = askToCancel(world, id, 'cancelled_by_customer', false);
      if (asked !== world) may(`the buyer cancels ${id}`, asked);
    }
    return steps;
  }

  return {
    initial: initialWorld(bounds),
    steps: (world) => [
      ...lateSteps(world, activities),
      ...ids.flatMap((id) => [
        ...booking.steps(world, id),
        ...payments.steps(world, id),
        ...(bounds.operator ? operator.steps(world, id) : []),
        ...(bounds.cancels === 'call' ? cancellation.steps(world, id) : []),
        ...maybe(world, id),
      ]),
    ],
    broken: brokenIn,
    wrongAtRest: (world) => wrongAtRest(world, setting),
  };
}

export const bookingScenario = (name: string, about: string, bounds: Bounds): Scenario => ({
  name,
  about,
  model: (rules) => bookingModel(bounds, rules),
});

/** Small enough to be explored whole within the tests. */
export const bookingScenarios: readonly Scenario[] = [
  bookingScenario(
    'booking',
    'one booking, two payment tries, cancelled, its webhook lost, one late attempt, claimBefore passes',
    {
      bookings: { b: ['A'] },
      tries: 2,
      cancels: 'update',
      left: { late: 1, lost: 1, minutes: 1 },
    },
  ),
  bookingScenario('booking-sold-elsewhere', 'the organizer has sold the seat; one late attempt', {
    bookings: { b: ['A'] },
    left: { late: 1, soldElsewhere: 1, minutes: 1 },
  }),
  bookingScenario(
    'booking-payment',
    'an invoice that can be paid, two tries, cancelled, its webhook lost, one late attempt',
    {
      bookings: { b: ['A'] },
      tries: 2,
      begins: 'invoiced',
      cancels: 'update',
      left: { late: 1, lost: 1 },
    },
  ),
  bookingScenario('booking-two-late', 'one booking and two late attempts', {
    bookings: { b: ['A'] },
    left: { late: 2 },
  }),
  bookingScenario('bookings-rival', 'two bookings of one seat, one late attempt', {
    bookings: { b: ['A'], c: ['A'] },
    left: { late: 1 },
  }),
  bookingScenario('bookings-crossing', 'two bookings of the same two seats, named in opposite order', {
    bookings: { b: ['A', 'B'], c: ['B', 'A'] },
  }),
  bookingScenario('booking-two-seats', 'one booking of two seats, one late attempt', {
    bookings: { b: ['A', 'B'] },
    left: { late: 1 },
  }),
  bookingScenario(
    'booking-terminated',
    'its workflow is terminated, and an operator has the hold released; one late attempt',
    {
      bookings: { b: ['A'] },
      operator: true,
      left: { late: 1, terminated: 1 },
    },
  ),
  bookingScenario('booking-operator', 'an operator has the hold of a running booking released', {
    bookings: { b: ['A'] },
    operator: true,
    cancels: 'update',
  }),
];
