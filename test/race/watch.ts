import { setTimeout as delay } from 'node:timers/promises';
import type { Databases } from '../../scripts/audit/records.ts';
import type { WaitlistEntry } from '../../services/ticket-app/models/waitlist-entry.ts';

const everyMs = 200;

/**
 * Looks again and again whether a seat is OPEN to others while somebody waits for it, until it is stopped. An entry that
 * waits before and after the look at its seat waited at that very instant: so what is seen was so.
 */
export function watchSeats(databases: Databases, eventId: string): { stop: () => Promise<string[]> } {
  const database = databases['ticket-app'];
  const waiting = () =>
    database.collection<WaitlistEntry>('waitlist_entries').find({ eventId, status: 'WAITING' }).toArray();
  const seen = new Set<string>();
  let isWatching = true;

  async function look(): Promise<void> {
    const before = await waiting();
    if (before.length === 0) return;
    const open = await database.collection('seats').find({ eventId, status: 'OPEN', closed: null }).toArray();
    if (open.length === 0) return;
    const openIds = new Set(open.map(({ seatId }) => seatId));
    for (const { _id, seatId, version } of await waiting()) {
      const waited = before.some((entry) => entry._id === _id && entry.version === version);
      if (waited && openIds.has(seatId)) seen.add(`seat ${seatId} was OPEN to others while ${_id} waited for it`);
    }
  }
  async function watch(): Promise<void> {
    while (isWatching) {
      await look();
      await delay(everyMs);
    }
  }
  const watching = watch();
  return {
    async stop() {
      isWatching = false;
      await watching;
      return [...seen];
    },
  };
}
