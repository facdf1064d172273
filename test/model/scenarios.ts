import { bookingScenario, bookingScenarios } from './booking-scenarios.ts';
import { cancellationScenarios } from './cancellation-scenarios.ts';
import { largeQueueScenarios, queueScenarios } from './queue-scenarios.ts';
import type { Scenario } from './scenario.ts';

/** Longer than a test may take; most end only when their time is over. */
const largeBookingScenarios: readonly Scenario[] = [
  bookingScenario('booking-large', 'one booking, three tries, two late attempts, every fault once', {
    bookings: { b: ['A'] },
    tries: 3,
    cancels: 'update',
    left: { late: 2, lost: 1, minutes: 1, soldElsewhere: 1 },
  }),
  bookingScenario('bookings-crossing-large', 'two bookings of two seats, one late attempt', {
    bookings: { b: ['A', 'B'], c: ['B', 'A'] },
    left: { late: 1 },
  }),
  bookingScenario('bookings-chain-large', 'three bookings that each want two of three seats', {
    bookings: { b: ['A', 'B'], c: ['C', 'B'], d: ['C', 'A'] },
  }),
  bookingScenario('booking-terminated-large', 'terminated, two late attempts, a webhook lost', {
    bookings: { b: ['A'] },
    operator: true,
    cancels: 'update',
    left: { late: 2, terminated: 1, lost: 1 },
  }),
  bookingScenario('cancellation-large', 'cancelled, two late attempts, terminated', {
    bookings: { b: ['A'] },
    begins: 'invoiced',
    cancels: 'call',
    operator: true,
    left: { late: 2, terminated: 1 },
  }),
  bookingScenario('cancellation-orphaned-sale-large', 'the same while its ticket is made, one late attempt', {
    bookings: { b: ['A'] },
    begins: 'paid',
    cancels: 'call',
    operator: true,
    left: { late: 1, terminated: 1 },
  }),
];

/** `base` is explored in the tests, `large` by `npm run model`. */
export const scenarios: Readonly<Record<'base' | 'large', readonly Scenario[]>> = {
  base: [...bookingScenarios, ...cancellationScenarios, ...queueScenarios],
  large: [...largeBookingScenarios, ...largeQueueScenarios],
};
