import type { Connection } from 'mongoose';
import type { Logger } from '../../../lib/logging/logger.ts';
import { strandedWaitlists } from '../models/stranded-waitlists.ts';
import type { WakeWaitlist } from './wake-waitlist.ts';

/** Whoever is woken as it should be has been by then. */
const silenceMs = 10_000;
const batch = 500;

/** Wakes every waitlist that has something to do and was not told (K-3). */
export function createWakeStrandedWaitlists(connection: Connection, wakeWaitlist: WakeWaitlist, log: Logger) {
  return async (now: Date): Promise<void> => {
    const seats = await strandedWaitlists(connection, new Date(now.getTime() - silenceMs), batch);
    for (const seat of seats) {
      log.info({ ...seat }, 'waking a waitlist that nobody woke');
      // One that cannot be woken must not hide the others.
      await wakeWaitlist(seat).catch((error: Error) => log.warn({ ...seat, reason: error.message }, 'not woken'));
    }
  };
}
