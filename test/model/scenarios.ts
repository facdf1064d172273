import { bookingScenarios, cancellationScenarios, largeBookingScenarios } from './booking-scenarios.ts';
import { largeQueueScenarios, queueScenarios } from './queue-scenarios.ts';
import type { Scenario } from './scenario.ts';

/** `base` is explored in the tests, `large` by `npm run model`. */
export const scenarios: Readonly<Record<'base' | 'large', readonly Scenario[]>> = {
  base: [...bookingScenarios, ...cancellationScenarios, ...queueScenarios],
  large: [...largeBookingScenarios, ...largeQueueScenarios],
};
