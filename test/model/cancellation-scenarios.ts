import { bookingScenario } from './booking-scenarios.ts';
import type { Scenario } from './scenario.ts';

export const cancellationScenarios: readonly Scenario[] = [
  bookingScenario('cancellation', 'a booking is paid, cancelled again and again, and used at the gate', {
    bookings: { b: ['A'] },
    begins: 'invoiced',
    cancels: 'call',
  }),
  bookingScenario('cancellation-early', 'a booking is paid, and cancelled while its ticket is made', {
    bookings: { b: ['A'] },
    begins: 'paid',
    cancels: 'call',
  }),
  bookingScenario('cancellation-late', 'a sold one, and an attempt is late', {
    bookings: { b: ['A'] },
    begins: 'sold',
    cancels: 'call',
    left: { late: 1 },
  }),
  bookingScenario('cancellation-terminated', 'a sold one, and its workflow is terminated', {
    bookings: { b: ['A'] },
    begins: 'sold',
    cancels: 'call',
    operator: true,
    left: { terminated: 1 },
  }),
  bookingScenario(
    'cancellation-orphaned-sale',
    'its workflow is terminated before the sale is done, and it is cancelled',
    {
      bookings: { b: ['A'] },
      begins: 'paid',
      cancels: 'call',
      operator: true,
      left: { terminated: 1 },
    },
  ),
];
