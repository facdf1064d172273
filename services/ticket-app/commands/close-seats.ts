import type { SeatLedger } from '../models/seat-ledger.ts';
import type { PriceList } from './price-list.ts';
import type { WakeWaitlist } from './wake-waitlist.ts';

export interface SeatsToClose {
  eventId: string;
  seatIds: readonly string[];
  reason: string;
}

interface Dependencies {
  seats: SeatLedger;
  prices: PriceList;
  wakeWaitlist: WakeWaitlist;
}

export type CloseSeats = ReturnType<typeof createCloseSeats>;

/** Takes some seats out of sale, or back into it; whoever waits for one is told. Both may be repeated. */
export function createCloseSeats({ seats, prices, wakeWaitlist }: Dependencies) {
  async function wakeQueues({ eventId, seatIds }: SeatsToClose): Promise<void> {
    for (const seatId of seatIds) {
      if ((await seats.find({ eventId, seatId }))?.waitlisted) await wakeWaitlist({ eventId, seatId });
    }
  }

  return {
    /** Neither claimed nor offered from now on. Who holds one keeps it; its queue ends. */
    async close(which: SeatsToClose): Promise<void> {
      await prices.during(which.eventId, () => seats.close({ ...which, seatIds: [...which.seatIds] }));
      await wakeQueues(which);
    },

    /** What was closed for that reason; a queue that has not ended yet goes on. */
    async reopen(which: SeatsToClose): Promise<void> {
      await prices.during(which.eventId, () => seats.reopen({ ...which, seatIds: [...which.seatIds] }));
      await wakeQueues(which);
    },
  };
}
