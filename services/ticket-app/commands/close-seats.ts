import type { SeatLedger } from '../models/seat-ledger.ts';
import type { WakeWaitlist } from './wake-waitlist.ts';

export type CloseSeats = ReturnType<typeof createCloseSeats>;

/**
 * Takes some seats out of sale: neither claimed nor offered from now on. Who holds one keeps it; who waits for one is
 * told that its queue has ended. May be repeated.
 */
export function createCloseSeats(seats: SeatLedger, wakeWaitlist: WakeWaitlist) {
  return async (which: { eventId: string; seatIds: readonly string[]; reason: string }): Promise<void> => {
    const { eventId, seatIds, reason } = which;
    await seats.close({ eventId, seatIds: [...seatIds], reason });
    for (const seatId of seatIds) {
      if ((await seats.find({ eventId, seatId }))?.waitlisted) await wakeWaitlist({ eventId, seatId });
    }
  };
}
