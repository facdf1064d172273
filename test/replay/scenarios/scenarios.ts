import { bookings } from './bookings.ts';
import { cancellations } from './cancellations.ts';
import { cancelledBookings } from './cancelled-bookings.ts';
import { leftAlone } from './left-alone.ts';
import { paidBookings } from './paid-bookings.ts';
import type { Scenarios } from './scenario.ts';
import { waitlists } from './waitlists.ts';

/** Every life that is kept, by the name of its history. */
export const scenarios: Scenarios = {
  ...bookings,
  ...cancelledBookings,
  ...paidBookings,
  ...cancellations,
  ...waitlists,
  ...leftAlone,
};
