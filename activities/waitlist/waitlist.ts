import type { BookingLedger } from '../../services/ticket-app/models/booking-ledger.ts';
import type { FindEvent } from '../../services/ticket-app/models/event.ts';
import type { SeatLedger } from '../../services/ticket-app/models/seat-ledger.ts';
import type { WaitingLimits } from '../../services/ticket-app/models/waiting-limits.ts';
import type { WaitlistLedger } from '../../services/ticket-app/models/waitlist-ledger.ts';
import { createEndEntry } from './end-entry.ts';
import { createJoinQueue } from './join-queue.ts';
import { createLeaveQueue } from './leave-queue.ts';
import { createLookAtQueue } from './look-at-queue.ts';

interface Dependencies {
  entries: WaitlistLedger;
  seats: SeatLedger;
  bookings: BookingLedger;
  limits: WaitingLimits;
  findEvent: FindEvent;
  /** How long an offer may be under way, if not as long as usual. */
  patienceMs?: number;
  countPatienceMs?: number;
}

export type WaitlistActivities = ReturnType<typeof createWaitlistActivities>;

/** The steps of a seat's waitlist, all in ticket-app's own database. Only its workflow calls them, one at a time. */
export function createWaitlistActivities(dependencies: Dependencies) {
  const endEntry = createEndEntry(dependencies);
  return {
    joinQueue: createJoinQueue(dependencies),
    leaveQueue: createLeaveQueue({ ...dependencies, endEntry }),
    lookAtQueue: createLookAtQueue({ ...dependencies, endEntry }),
  };
}
