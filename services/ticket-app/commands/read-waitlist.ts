import type { Connection } from 'mongoose';
import { limits } from '../../../lib/contracts/limits.ts';
import type { SeatStatus } from '../../../lib/contracts/seat.ts';
import type { SeatOfEvent } from '../models/seat-handover.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';
import { type WaitlistEntry, waitlistEntryModel } from '../models/waitlist-entry.ts';

export interface EntryInQueue {
  entry: WaitlistEntry;
  /** Active entries before it, plus 1; only of an active one. */
  position?: number;
}

export type EntryWithStory = EntryInQueue & {
  /** Who was before it at any time since it joined, first come first. */
  before: WaitlistEntry[];
};

export type ReadWaitlist = ReturnType<typeof createReadWaitlist>;

/** What may be read of queues: from the documents, never from Temporal. */
export function createReadWaitlist(connection: Connection) {
  const entries = waitlistEntryModel(connection);
  const seats = createSeatLedger(connection);

  async function inQueue(entry: WaitlistEntry): Promise<EntryInQueue> {
    if (!entry.active) return { entry };
    const { eventId, seatId, seq } = entry;
    const ahead = await entries.countDocuments({ eventId, seatId, active: true, seq: { $lt: seq } });
    return { entry, position: ahead + 1 };
  }

  return {
    /** The entry and its place: reads no other entry, however many are before it. */
    async place(entryId: string): Promise<EntryInQueue | undefined> {
      const entry = await entries.findById(entryId).lean<WaitlistEntry | null>();
      return entry ? inQueue(entry) : undefined;
    },

    /** With what is needed to tell why it did, or did not, get the seat. */
    async one(entryId: string): Promise<EntryWithStory | undefined> {
      const entry = await entries.findById(entryId).lean<WaitlistEntry | null>();
      if (!entry) return undefined;
      const { eventId, seatId, seq, joinedAt, endedAt } = entry;
      const ahead = { eventId, seatId, seq: { $lt: seq } };
      const during = { $gte: joinedAt, ...(endedAt && { $lte: endedAt }) };
      // Two queries, for each has an index of its own: nobody who ended before is read.
      const [active, ended] = await Promise.all([
        entries
          .find({ ...ahead, active: true })
          .limit(limits.waitingPerSeat)
          .lean<WaitlistEntry[]>(),
        entries
          .find({ ...ahead, endedAt: during })
          .limit(limits.waitingPerSeat)
          .lean<WaitlistEntry[]>(),
      ]);
      const before = [...active, ...ended].sort((a, b) => a.seq - b.seq);
      return { ...(await inQueue(entry)), before };
    },

    /** A person's active entries, which are few (`limits.waitingPerPerson`), newest first. */
    async activeOfPerson(customerId: string): Promise<EntryInQueue[]> {
      const found = await entries
        .find({ customerId, active: true })
        .sort({ joinedAt: -1, _id: -1 })
        .limit(limits.waitingPerPerson)
        .lean<WaitlistEntry[]>();
      return Promise.all(found.map(inQueue));
    },

    /** The whole queue of a seat, first come first; undefined if there is no such seat. */
    async queue({
      eventId,
      seatId,
    }: SeatOfEvent): Promise<{ status: SeatStatus; entries: EntryInQueue[] } | undefined> {
      const seat = await seats.find({ eventId, seatId });
      if (!seat) return undefined;
      const found = await entries
        .find({ eventId, seatId, active: true })
        .sort({ seq: 1 })
        .limit(limits.waitingPerSeat)
        .lean<WaitlistEntry[]>();
      return { status: seat.status, entries: found.map((entry, index) => ({ entry, position: index + 1 })) };
    },
  };
}
